"""The addresses of the site, with what this subject adds to them."""

from django.urls import path

from governance.web.home import WAYS_IN
from governance.web.sections import ADDITIONS
from kb.web import home, texts
from kb.web.urls import patterns

urlpatterns = [
    path("", home.home, {"template": "governance/home.html", "more": {"ways": WAYS_IN}}),
    path("about/", texts.about, {"template": "governance/about.html"}),
    *patterns(ADDITIONS),
]
