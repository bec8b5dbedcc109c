"""Who may give which role to whom, block whom, and what is left of somebody who leaves."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from kb import editing
from kb.editing import people, tokens
from kb.models import Activity, Approval, Changeset, Grant, Role, User
from tests.library.builders import approved, book, draft
from tests.people import PASSWORD, person

pytestmark = pytest.mark.django_db

EDITOR, MANAGING, ADMIN = Role.EDITOR, Role.MANAGING_EDITOR, Role.ADMINISTRATOR


@pytest.mark.parametrize(
    ("holding", "role", "may"),
    [
        ((), EDITOR, False),
        ((EDITOR,), EDITOR, False),
        ((MANAGING,), EDITOR, True),
        ((MANAGING,), MANAGING, False),
        ((MANAGING,), ADMIN, False),
        ((ADMIN,), EDITOR, True),
        ((ADMIN,), MANAGING, True),
        ((ADMIN,), ADMIN, True),
    ],
)
def test_roles_are_given_and_taken_as_the_matrix_says(holding, role, may):
    giver, taker, holder = person("giver", *holding), person("taker"), person("holder", role)

    assert can(people.grant, taker, role, by=giver) is may
    assert can(people.end_grant, holder, role, by=giver) is may
    assert (role in taker.roles()) is may
    assert (role in holder.roles()) is not may
    assert (role in people.grantable(taker, by=giver)) is may


@pytest.mark.parametrize("role", [EDITOR, MANAGING, ADMIN])
def test_nobody_changes_their_own_roles(role):
    root = person("root", ADMIN, MANAGING)

    for act in (people.grant, people.end_grant):
        with pytest.raises(editing.NotAllowed, match="their own"):
            act(root, role, by=root)
    assert people.grantable(root, by=root) == []


@pytest.mark.parametrize(
    ("holding", "whose", "may"),
    [
        ((), (), False),
        ((EDITOR,), (), False),
        ((MANAGING,), (), True),
        ((MANAGING,), (EDITOR,), False),
        ((MANAGING,), (ADMIN,), False),
        ((ADMIN,), (), True),
        ((ADMIN,), (MANAGING,), True),
        ((ADMIN,), (ADMIN,), True),
    ],
)
def test_accounts_are_blocked_and_opened_as_the_matrix_says(holding, whose, may):
    blocker, blocked = person("blocker", *holding), person("blocked", *whose)

    assert people.may_block(blocked, is_granted=bool(whose), by=blocker) is may
    assert can(people.block, blocked, by=blocker) is may
    assert is_active(blocked) is not may
    assert can(people.unblock, blocked, by=blocker) is may
    assert is_active(blocked)


def test_nobody_blocks_themselves():
    root = person("root", ADMIN)

    with pytest.raises(editing.NotAllowed, match="themselves"):
        people.block(root, by=root)


def test_a_grant_says_who_gave_it_and_who_ended_it_for_ever():
    root, other, ada = person("root", ADMIN), person("other", ADMIN), person("ada")

    people.grant(ada, EDITOR, by=root)
    people.end_grant(ada, EDITOR, by=other)
    people.grant(ada, EDITOR, by=root)

    first, second = Grant.objects.filter(user=ada).order_by("pk")
    assert (first.granted_by, first.ended_by) == (root, other)
    assert first.ended_at is not None
    assert (second.granted_by, second.ended_at) == (root, None)
    assert logged("granted", "grant-ended") == [
        ("granted", root, ada.pk, "editor"),
        ("grant-ended", other, ada.pk, "editor"),
        ("granted", root, ada.pk, "editor"),
    ]


def test_a_role_is_held_once():
    root, ada = person("root", ADMIN), person("ada", EDITOR)

    with pytest.raises(editing.EditingError, match="is an editor already"):
        people.grant(ada, EDITOR, by=root)
    with pytest.raises(editing.EditingError, match="is not a managing editor"):
        people.end_grant(ada, MANAGING, by=root)


def test_a_role_that_nobody_grants_is_refused_with_those_that_are():
    with pytest.raises(editing.EditingError, match="managing-editor"):
        people.grant(person("ada"), "emperor", by=person("root", ADMIN))


def test_whoever_is_blocked_is_signed_out_everywhere_and_their_tokens_end(client):
    """Edge case 68."""
    ada, root = person("ada"), person("root", ADMIN)
    here, there = session_of(ada), session_of(ada)
    _token, secret = tokens.create(ada, "script", ["read"], expires_at=soon())

    people.block(ada, by=root)

    assert not UserSession.objects.filter(user=ada).exists()
    assert tokens.owner_of(secret) is None
    for browser in (here, there):
        assert browser.get("/desk/kept/").headers["Location"].startswith("/accounts/login/")
    people.unblock(ada, by=root)
    assert here.get("/desk/kept/").headers["Location"].startswith("/accounts/login/")
    assert tokens.owner_of(secret) is None


def test_whoever_is_blocked_has_no_role_until_the_account_is_open_again():
    ada, root = person("ada", EDITOR), person("root", ADMIN)

    people.block(ada, by=root)
    assert User.objects.get(pk=ada.pk).roles() == frozenset()
    with pytest.raises(editing.EditingError, match="blocked"):
        people.grant(ada, MANAGING, by=root)

    people.unblock(ada, by=root)
    assert EDITOR in User.objects.get(pk=ada.pk).roles()


def test_of_a_deleted_account_the_drafts_stay_with_a_former_user(library):
    """Edge case 67."""
    ada = person("ada", EDITOR)
    changeset = draft(book("emma"), by=ada)

    people.delete_account(ada, by=ada)

    changeset = Changeset.objects.get(pk=changeset.pk)
    assert changeset.status == "draft"
    assert changeset.edits.get().document["title"] == "Emma"
    assert str(changeset.created_by and changeset.created_by.shown_name) == "A former user"
    assert changeset.writers() == {ada.pk}


def test_of_a_deleted_account_no_personal_data_and_no_way_in_are_left():
    ada = person("ada", MANAGING)
    browser = session_of(person("bea"))
    tokens.create(ada, "script", ["read"], expires_at=soon())

    people.delete_account(ada, by=person("root", ADMIN))

    left = User.objects.get(pk=ada.pk)
    assert (left.email, left.full_name, left.is_active) == ("", "A former user", False)
    assert not left.has_usable_password()
    assert not EmailAddress.objects.filter(user=left).exists()
    assert not left.access_tokens.exists()
    assert not left.grants.current().exists()
    assert not Client().login(username="ada", password=PASSWORD)
    assert browser.get("/desk/kept/").headers["Location"] == "/desk/"
    with pytest.raises(editing.EditingError, match="deleted"):
        people.unblock(left, by=User.objects.get(username="root"))


def test_the_name_of_a_deleted_account_is_never_given_again():
    people.delete_account(ada := person("ada"), by=ada)

    with pytest.raises(editing.EditingError, match="already somebody called"):
        people.create_account("Ada", "new@example.org", PASSWORD)


def test_an_approval_outlives_its_approver_but_publishes_nothing_more(library):
    grace = person("grace", EDITOR)
    changeset = approved(draft(book("emma")), by=grace)

    people.delete_account(grace, by=grace)

    assert Approval.objects.get(changeset=changeset).user == grace
    with pytest.raises(editing.EditingError):
        editing.publish(Changeset.objects.get(pk=changeset.pk), by=person("bea", EDITOR))


@pytest.mark.parametrize("role", [(), (EDITOR,), (MANAGING,)])
def test_only_administrators_delete_the_accounts_of_others(role):
    with pytest.raises(editing.NotAllowed):
        people.delete_account(person("ada"), by=person("bea", *role))


def test_an_administrator_leaves_only_when_another_has_ended_that():
    root, other = person("root", ADMIN), person("other", ADMIN)

    with pytest.raises(editing.NotAllowed, match="another administrator"):
        people.delete_account(root, by=root)

    people.end_grant(root, ADMIN, by=other)
    people.delete_account(root, by=root)
    assert not is_active(root)


def test_affiliations_are_entries(library):
    editing.publish(approved(draft(book("emma"))), by=person("bea", EDITOR))
    ada = person("zoe")

    people.set_profile(ada, full_name=" Zoe Z. ", affiliations=["emma", "emma"], mail="daily")
    assert (ada.full_name, ada.affiliations, ada.mail) == ("Zoe Z.", ["emma"], "daily")

    with pytest.raises(editing.EditingError, match="“nowhere”"):
        people.set_profile(ada, full_name="", affiliations=["nowhere"], mail="daily")


# --- access tokens -------------------------------------------------------------------------


def test_a_token_opens_with_its_secret_which_is_not_kept():
    token, secret = tokens.create(person("ada"), "script", ["draft"], expires_at=soon())

    assert len(secret) == 43
    assert secret.startswith(token.shown)
    assert secret not in str(vars(token))
    assert tokens.owner_of(secret) == token
    assert tokens.owner_of(secret[:-1]) is None
    assert tokens.owner_of("") is None


def test_the_use_of_a_token_is_noted_once_a_minute():
    token, secret = tokens.create(person("ada"), "script", ["read"], expires_at=soon())

    first = last_use(secret)
    assert last_use(secret) == first

    type(token).objects.update(last_used_at=first - timedelta(minutes=2))
    assert last_use(secret) > first


def test_a_revoked_and_an_expired_token_open_nothing():
    ada = person("ada")
    revoked, first = tokens.create(ada, "one", ["read"], expires_at=soon())
    expired, second = tokens.create(ada, "two", ["read"], expires_at=soon())

    tokens.revoke(revoked, by=ada)
    type(expired).objects.filter(pk=expired.pk).update(expires_at=timezone.now())

    assert tokens.owner_of(first) is None
    assert tokens.owner_of(second) is None


def test_nobody_revokes_the_token_of_another():
    token, secret = tokens.create(person("ada"), "script", ["read"], expires_at=soon())

    with pytest.raises(editing.NotAllowed):
        tokens.revoke(token, by=person("bea"))
    assert tokens.owner_of(secret) is not None


@pytest.mark.parametrize(
    ("name", "scopes", "days", "told"),
    [
        ("", ["read"], 30, "name"),
        ("script", [], 30, "what the token may do"),
        ("script", ["publish"], 30, "what the token may do"),
        ("script", ["read"], 400, "within a year"),
        ("script", ["read"], -1, "within a year"),
    ],
)
def test_a_token_that_cannot_be_is_refused_with_the_reason(name, scopes, days, told):
    ends = timezone.now() + timedelta(days=days)

    with pytest.raises(editing.EditingError, match=told):
        tokens.create(person("ada"), name, scopes, expires_at=ends)


# --- parts ---------------------------------------------------------------------------------


def can(act, *args, **kwargs):
    try:
        act(*args, **kwargs)
    except editing.NotAllowed:
        return False
    return True


def is_active(user):
    return User.objects.get(pk=user.pk).is_active


def logged(*kinds):
    rows = Activity.objects.filter(kind__in=kinds).order_by("pk")
    return [(row.kind, row.user, row.data["user"], row.data["role"]) for row in rows]


def last_use(secret):
    """When the token was last used, this time included."""
    token = tokens.owner_of(secret)
    assert token is not None
    assert token.last_used_at is not None
    return token.last_used_at


def session_of(user):
    """A browser in which `user` has signed in with the password."""
    browser = Client()
    response = browser.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert response.headers["Location"] == "/desk/"
    return browser


def soon():
    return timezone.now() + timedelta(days=30)
