"""Addresses of the usual way."""

from django.urls import path

from bench.usual import views

urlpatterns = [
    path("", views.home),
    path("api/", views.ListView.as_view()),
    path("api/<str:kind>/<str:key>/", views.EntryView.as_view()),
    path("<str:kind>/<str:key>/", views.entry_page),
]
