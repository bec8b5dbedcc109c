"""The addresses of the site, with what this subject adds to them."""

from django.urls import path

from governance.web.agreement import common_ground_frame, common_ground_page, draw_years
from governance.web.arguments import arguments_page, import_page
from governance.web.comparison import compare_file, compare_frame, compare_page
from governance.web.figures import patterns as figure_patterns
from governance.web.home import ways_in
from governance.web.ideas import draw_ideas, ideas_page
from governance.web.map import map_page
from governance.web.membership import patterns as membership_patterns
from governance.web.network import drawn as network_drawn
from governance.web.network import network_page
from governance.web.sections import ADDITIONS
from governance.web.stances import routes as stances_routes
from governance.web.timeline import drawn as timeline_drawn
from governance.web.timeline import timeline_page
from kb.web import home, texts
from kb.web.pictured import picture_routes
from kb.web.urls import patterns

urlpatterns = [
    path("", home.home, {"template": "governance/home.html", "more": ways_in}),
    path("about/", texts.about, {"template": "governance/about.html"}),
    path("common-ground/", common_ground_page, name="common-ground"),
    path("embed/common-ground/", common_ground_frame),
    *picture_routes("common-ground/years", draw_years),
    path("compare/", compare_page, name="compare"),
    path("compare.svg", compare_file),
    path("embed/compare/", compare_frame),
    path("ideas/", ideas_page, name="ideas"),
    *picture_routes("ideas/map", draw_ideas),
    path("proposals/<str:key>/arguments/", arguments_page, name="arguments"),
    path("desk/arguments/<str:key>/", import_page, name="import-arguments"),
    *stances_routes("actors", "actor"),
    *stances_routes("bodies", "actor"),
    *stances_routes("proposals", "proposal"),
    path("timeline/", timeline_page, name="timeline"),
    *picture_routes("timeline/density", timeline_drawn),
    path("network/", network_page, name="network"),
    *picture_routes("network/picture", network_drawn),
    path("map/", map_page, name="map"),
    *membership_patterns(),
    *figure_patterns(),
    *patterns(ADDITIONS),
]
