"""django-allauth's accounts, with their middleware where we have put it."""

from allauth.account.apps import AccountConfig


class Accounts(AccountConfig):  # type: ignore[misc]
    """Allauth's own application, but for one check.

    It refuses to start unless its middleware stands in `settings.MIDDLEWARE`, in front of every
    address. Ours stands inside `config.people.People`, in front of the addresses that need it.
    """

    def ready(self) -> None:
        from allauth.account import checks  # noqa: F401  (registers them)
