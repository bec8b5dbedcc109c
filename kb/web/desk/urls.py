"""The addresses of the desk."""

from django.urls import URLPattern, path

from kb.web.desk import kept
from kb.web.desk.access import desk_page

urlpatterns: list[URLPattern] = [
    path("kept/", desk_page(kept.kept_page), name="desk-kept"),
]
