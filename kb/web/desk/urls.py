"""The addresses of the desk."""

from django.urls import URLPattern, path

from kb.web.desk import (
    account,
    after,
    bulk,
    changesets,
    conflicts,
    desk_home,
    documents,
    entry_acts,
    findings,
    kept,
    merging,
    notices,
    people,
    queue,
    redactions,
    reverting,
    second_reviews,
    starting,
    suggestions,
    verifying,
)
from kb.web.desk.access import desk_page

urlpatterns: list[URLPattern] = [
    path("", desk_home.desk_home, name="desk"),
    path("queue/", queue.queue, name="desk-queue"),
    path("new/", starting.new, name="desk-new"),
    path("edit/<str:key>/", starting.edit, name="desk-edit"),
    path("changesets/<int:pk>/", changesets.overview, name="desk-changeset"),
    path("changesets/<int:pk>/difference/", changesets.difference, name="desk-difference"),
    path("changesets/<int:pk>/checks/", changesets.checks, name="desk-checks"),
    path("changesets/<int:pk>/conversation/", changesets.conversation, name="desk-conversation"),
    path("changesets/<int:pk>/conflicts/<str:key>/", conflicts.conflicts, name="desk-conflicts"),
    path(
        "changesets/<int:pk>/documents/<slug:key>/", documents.document_page, name="desk-document"
    ),
    path("suggestions/", suggestions.suggestion_list, name="desk-suggestions"),
    path("suggestions/<int:pk>/", suggestions.suggestion_page, name="desk-suggestion"),
    path("changesets/<int:pk>/revert/", reverting.revert_page, name="desk-revert"),
    path("entries/<str:key>/", entry_acts.entry_acts, name="desk-entry"),
    path("after/", after.after_page, name="desk-after"),
    path("merge/", merging.merge_page, name="desk-merge"),
    path("bulk/", bulk.bulk_page, name="desk-bulk"),
    path("redactions/", redactions.redactions_page, name="desk-redactions"),
    path("second-reviews/", second_reviews.second_reviews_page, name="desk-second-reviews"),
    path("kept/", desk_page(kept.kept_page), name="desk-kept"),
    path("account/", account.account_page, name="desk-account"),
    path("account/sessions/", account.sessions_page, name="desk-sessions"),
    path("account/tokens/", account.tokens_page, name="desk-tokens"),
    path("account/tokens/<int:pk>/revoke/", account.revoke_token, name="desk-revoke-token"),
    path("account/delete/", account.delete_page, name="desk-delete-account"),
    path("notices/seen/", notices.see, name="desk-seen"),
    path("notices/leave/<int:pk>/", notices.leave, name="desk-leave"),
    path("notices/rejoin/<int:pk>/", notices.rejoin, name="desk-rejoin"),
    path("findings/", findings.findings_page, name="desk-findings"),
    path("verify/<slug:key>/", verifying.verify_page, name="desk-verify"),
    path("people/", people.people_page, name="desk-people"),
    path("people/<int:pk>/<slug:act>/", people.act_on_person, name="desk-act-on-person"),
]
