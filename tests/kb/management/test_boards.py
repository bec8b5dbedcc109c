"""The commands that bring the first people: a board, and demo accounts for a trial."""

import re
import stat

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from kb.editing import people
from kb.models import Activity, Grant, Role, User
from tests.people import PASSWORD, person

pytestmark = pytest.mark.django_db

BOARD = ["--managing-editor", "marie", "marie@example.org", "--editor", "ada", "Ada@example.org"]


def passwords(text):
    return dict(re.findall(r"^(\w+) \(.*\): password (\S+)$", text, re.MULTILINE))


def test_a_board_is_set_up_with_passwords_that_are_told_once(capsys):
    call_command("create_board", *BOARD, "--administrator", "marie", "marie@example.org")

    told = passwords(capsys.readouterr().out)
    assert told.keys() == {"marie", "ada"}
    marie = User.objects.get(username="marie")
    assert marie.roles() == {Role.CONTRIBUTOR, Role.MANAGING_EDITOR, Role.ADMINISTRATOR}
    assert not Grant.objects.exclude(granted_by=None).exists()
    assert Activity.objects.filter(kind="granted").count() == 3
    for name, password in told.items():
        sent = Client().post("/accounts/login/", {"login": name, "password": password})
        assert sent.headers["Location"] == "/desk/"


def test_a_second_board_is_refused_unless_one_adds_to_the_first(capsys):
    call_command("create_board", *BOARD)

    more = ["--editor", "grace", "grace@example.org"]
    with pytest.raises(CommandError, match="--add"):
        call_command("create_board", *more)
    assert not User.objects.filter(username="grace").exists()

    call_command("create_board", *more, "--add")
    assert Role.EDITOR in User.objects.get(username="grace").roles()


def test_whoever_has_an_account_keeps_it(capsys):
    person("ada")

    call_command("create_board", "--editor", "ada", "ada@example.org")

    assert "has an account already" in capsys.readouterr().out
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--editor", "a b", "a@example.org"], "Write 2 to 30"),
        (["--editor", "ada", "nowhere"], "valid email"),
        (["--editor", "ada", "x@x.org", "--administrator", "ada", "y@x.org"], "same address"),
        (["--editor", "ada", "x@x.org", "--editor", "bea", "x@x.org"], "another account"),
    ],
)
def test_a_board_that_cannot_be_is_not_set_up_in_part(arguments, told):
    with pytest.raises(CommandError, match=told):
        call_command("create_board", "--editor", "first", "first@example.org", *arguments)

    assert not User.objects.exists()


def test_a_board_of_nobody_is_told_what_to_write():
    with pytest.raises(CommandError, match="Name somebody"):
        call_command("create_board")


def test_one_person_alone_is_told_that_nothing_can_be_published(capsys):
    call_command("create_board", "--editor", "ada", "ada@example.org")

    assert "until two people are on the board" in capsys.readouterr().err


# --- demo accounts -------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    return tmp_path / "demo-accounts.txt"


def accounts_in(file):
    blocks = file.read_text().split("\n\n")[1:]
    return [dict(line.split(maxsplit=1) for line in block.splitlines()) for block in blocks]


def test_a_trial_has_an_account_for_each_role_in_a_file_for_its_owner(file, capsys):
    call_command("create_demo_accounts", str(file))

    assert str(file) in capsys.readouterr().out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = accounts_in(file)
    assert [each["role"] for each in found] == [
        "contributor",
        "editor",
        "editor",
        "managing-editor",
        "administrator",
    ]
    for each in found:
        assert User.objects.get(username=each["name"]).check_password(each["password"])
        assert EmailAddress.objects.get(user__username=each["name"]).verified


def test_the_trusted_of_a_trial_sign_in_with_their_second_factor(file, capsys):
    call_command("create_demo_accounts", str(file))

    for each in accounts_in(file)[3:]:
        capsys.readouterr()
        call_command("demo_code", each["name"])
        code = capsys.readouterr().out.strip()
        client = Client()
        client.post("/accounts/login/", {"login": each["name"], "password": each["password"]})
        sent = client.post("/accounts/2fa/authenticate/", {"code": code})
        assert sent.headers["Location"] == "/desk/"
        assert each["app"].startswith("otpauth://totp/")
        assert client.get("/desk/people/").status_code == 200


def test_demo_accounts_are_made_once(file, capsys):
    call_command("create_demo_accounts", str(file))
    before = file.read_text()

    call_command("create_demo_accounts", str(file))

    assert file.read_text() == before
    assert User.objects.count() == 5


def test_there_are_no_demo_accounts_beside_real_ones(file):
    people.create_account("ada", "ada@example.org", PASSWORD)

    call_command("create_demo_accounts", str(file))

    assert not file.exists()
    assert User.objects.count() == 1


def test_there_are_no_demo_accounts_where_there_is_a_public_address(file, settings):
    settings.PUBLIC_URL = "https://example.org"

    with pytest.raises(CommandError):
        call_command("create_demo_accounts", str(file))

    assert not Authenticator.objects.exists()
    assert not User.objects.exists()
