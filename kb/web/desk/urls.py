"""The addresses of the desk."""

from django.urls import URLPattern, path

from kb.web.desk import account, kept, people
from kb.web.desk.access import desk_page

urlpatterns: list[URLPattern] = [
    path("kept/", desk_page(kept.kept_page), name="desk-kept"),
    path("account/", account.account_page, name="desk-account"),
    path("account/sessions/", account.sessions_page, name="desk-sessions"),
    path("account/tokens/", account.tokens_page, name="desk-tokens"),
    path("account/tokens/<int:pk>/revoke/", account.revoke_token, name="desk-revoke-token"),
    path("account/delete/", account.delete_page, name="desk-delete-account"),
    path("people/", people.people_page, name="desk-people"),
    path("people/<int:pk>/<slug:act>/", people.act_on_person, name="desk-act-on-person"),
]
