"""Accounts and roles: who joins the board and who leaves it. The only code that writes grants."""

from collections.abc import Sequence

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email
from django.db import transaction
from django.utils import timezone

from kb.editing.activity import record
from kb.editing.errors import EditingError, NotAllowed
from kb.editing.permissions import Action, may, require
from kb.editing.tokens import revoke_all
from kb.models import Changeset, Grant, Label, Notice, Role, User, Watch, Webhook
from kb.models.user import GRANTED

# Plain letters, so that nobody can take a name that looks like another's; no @, so that nobody
# is called like another's address.
USERNAME_VALIDATORS = [
    RegexValidator(
        r"^[A-Za-z0-9][A-Za-z0-9._-]{1,29}\Z",
        "Write 2 to 30 of the letters a to z, digits, dots, hyphens and underscores, "
        "a letter or digit first.",
    )
]
FORMER = "A former user"
MOST_AFFILIATIONS = 20


def create_account(username: str, email: str, password: str, *, full_name: str = "") -> User:
    """An account with a confirmed address, for commands; everyone else signs up.

    Raises EditingError when the name or the address is none, or taken.
    """
    _check_form(username, email)
    if User.objects.filter(username__iexact=username).exists():
        raise EditingError(f"There is already somebody called “{username}”. Choose another name.")
    if EmailAddress.objects.filter(email__iexact=email).exists():
        raise EditingError(f"“{email}” belongs to another account. Give another address.")
    user: User = User.objects.create_user(username, email.lower(), password, full_name=full_name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _check_form(username: str, email: str) -> None:
    for value, validators in ((username, USERNAME_VALIDATORS), (email, [validate_email])):
        try:
            for validator in validators:
                validator(value)
        except ValidationError as problem:
            raise EditingError(f"“{value}”: {' '.join(problem.messages)}") from None


@transaction.atomic
def grant(user: User, role: str, *, by: User) -> Grant:
    """Give `user` a role. Raises NotAllowed, or EditingError when they hold it already."""
    user = locked(user)
    require_may_grant(user, role, by=by)
    if not user.is_active:
        raise EditingError(f"{user.shown_name} is blocked. Unblock the account first.")
    return appoint(user, role, by=by)


@transaction.atomic
def appoint(user: User, role: str, *, by: User | None = None) -> Grant:
    """Write the grant down. `by=None`: for the first board, which a command sets up."""
    if user.grants.current().filter(role=role).exists():
        raise EditingError(f"{user.shown_name} is {named(role)} already.")
    given = Grant.objects.create(user=user, role=role, granted_by=by)
    record("granted", by=by, user=user.pk, role=role)
    return given


@transaction.atomic
def end_grant(user: User, role: str, *, by: User) -> Grant:
    """Take a role from `user`. Raises NotAllowed, or EditingError when they don't hold it."""
    user = locked(user)
    require_may_grant(user, role, by=by)
    return _end(user, role, by=by)


def _end(user: User, role: str, *, by: User | None) -> Grant:
    held = user.grants.current().filter(role=role).first()
    if held is None:
        raise EditingError(f"{user.shown_name} is not {named(role)}.")
    held.ended_by, held.ended_at = by, timezone.now()
    held.save(update_fields=["ended_by", "ended_at"])
    record("grant-ended", by=by, user=user.pk, role=role)
    return held


@transaction.atomic
def block(user: User, *, by: User) -> None:
    """Close an account at once: its sessions end and its tokens are revoked. Roles are kept.

    Raises NotAllowed.
    """
    user = locked(user)
    require_may_block(user, by=by)
    if user.is_active:
        _deactivate(user)
        record("blocked", by=by, user=user.pk)


@transaction.atomic
def unblock(user: User, *, by: User) -> None:
    """Open an account again, with the roles it had. Raises NotAllowed."""
    user = locked(user)
    require_may_block(user, by=by)
    if is_former(user):
        raise EditingError("This account was deleted and cannot be opened again.")
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        record("unblocked", by=by, user=user.pk)


@transaction.atomic
def delete_account(user: User, *, by: User) -> None:
    """Take a person out, and leave what they did: as the work of “a former user”.

    The row stays, without full name, address, password and second factor, so that drafts keep an
    author and approvals an approver. The user name stays too: published revisions name it, under
    their hash, and nobody else may ever be called so. Roles end, and with them approvals of what
    is not published yet. People delete their own account, administrators those of others.
    Raises NotAllowed.
    """
    user = locked(user)
    require_may_delete(user, by=by)
    for role in user.grants.current().values_list("role", flat=True):
        _end(user, role, by=by)
    _deactivate(user)
    _let_go_of_work(user)
    _anonymise(user)
    record("account-deleted", by=by, user=user.pk)


def end_sessions(user: User) -> None:
    """Whoever is signed in as `user`, anywhere, is not any more."""
    for session in UserSession.objects.filter(user=user):
        session.end()


@transaction.atomic
def set_profile(user: User, *, full_name: str, affiliations: Sequence[str], mail: str) -> None:
    """What a person says of themselves. `affiliations`: keys of active entries.

    Raises EditingError that names every key that is none.
    """
    keys = list(dict.fromkeys(affiliations))
    if len(keys) > MOST_AFFILIATIONS:
        raise EditingError(f"At most {MOST_AFFILIATIONS} affiliations are shown. Name fewer.")
    found = Label.objects.filter(key__in=keys).values_list("key", "shown")
    known = {key for key, shown in found if not shown.get("status")}
    if unknown := [f"“{key}”" for key in keys if key not in known]:
        names = ", ".join(unknown)
        raise EditingError(f"No active entry is called {names}. Write keys, as in its address.")
    user.full_name, user.affiliations, user.mail = full_name.strip(), keys, mail
    user.save(update_fields=["full_name", "affiliations", "mail"])


# --- rights --------------------------------------------------------------------------------


def require_may_grant(user: User, role: str, *, by: User) -> None:
    """Raises NotAllowed unless `by` may give `role` to `user`, or take it away."""
    if role not in GRANTED:
        raise EditingError(f"“{role}” is no role that is granted. Choose {', '.join(GRANTED)}.")
    require(by, Action.GRANT_EDITOR if role == Role.EDITOR else Action.GRANT_ANY)
    if user.pk == by.pk:
        raise NotAllowed("Nobody changes their own roles. Ask another administrator.")


def require_may_block(user: User, *, by: User) -> None:
    """Raises NotAllowed unless `by` may block `user`: whoever has been granted a role needs more.

    Also for somebody who is blocked, whose roles would come back.
    """
    is_granted = user.grants.current().exists()
    require(by, Action.BLOCK_ANYONE if is_granted else Action.BLOCK_CONTRIBUTOR)
    if user.pk == by.pk:
        raise NotAllowed("Nobody blocks themselves. Ask another administrator.")


def require_may_delete(user: User, *, by: User) -> None:
    """Raises NotAllowed unless it is `by`'s own account, or they may block anybody."""
    if user.pk != by.pk:
        require(by, Action.BLOCK_ANYONE)
    elif user.grants.current().filter(role=Role.ADMINISTRATOR).exists():
        raise NotAllowed(
            "You are an administrator, and a knowledge base needs one. Ask another administrator "
            "to end that, then delete your account."
        )


def grantable(user: User, *, by: User) -> list[Role]:
    """The roles that `by` may give to `user` or take away: for the buttons."""
    if user.pk == by.pk:
        return []
    editor, any_role = may(by, Action.GRANT_EDITOR), may(by, Action.GRANT_ANY)
    return [role for role in GRANTED if any_role or (role == Role.EDITOR and editor)]


def may_block(user: User, *, is_granted: bool, by: User) -> bool:
    """For the button. `is_granted`: whether `user` holds a role, which the caller has read."""
    action = Action.BLOCK_ANYONE if is_granted else Action.BLOCK_CONTRIBUTOR
    return user.pk != by.pk and may(by, action)


# --- parts ---------------------------------------------------------------------------------


def locked(user: User) -> User:
    """The same person as the database knows them now, until the transaction ends."""
    found: User = User.objects.select_for_update().get(pk=user.pk)
    return found


def named(role: str) -> str:
    """ "an editor", "a managing editor" """
    label = Role(role).label.lower()
    return f"{'an' if label[0] in 'aeiou' else 'a'} {label}"


def is_former(user: User) -> bool:
    """Whether the account was deleted: see `delete_account`."""
    return not user.is_active and not user.email and not user.has_usable_password()


def _deactivate(user: User) -> None:
    user.is_active = False
    user.save(update_fields=["is_active"])
    revoke_all(user)
    end_sessions(user)


def _let_go_of_work(user: User) -> None:
    Changeset.objects.filter(claimed_by=user).update(claimed_by=None, claimed_at=None)
    Changeset.objects.filter(assigned_to=user).update(assigned_to=None)
    Notice.objects.filter(user=user).delete()


def _anonymise(user: User) -> None:
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.access_tokens.all().delete()
    Webhook.objects.filter(user=user).delete()
    Watch.objects.filter(user=user).delete()
    user.full_name = FORMER
    user.first_name = user.last_name = user.email = ""
    user.affiliations, user.mail = [], User.Mail.NONE
    user.set_unusable_password()
    user.save()
