"""The tools as a standard client sees them, over stdio and HTTP, against a database of its own."""

import subprocess
import sys
import time
from datetime import timedelta

import anyio
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client

from conftest import FOLDER, copied_database, environment_of, free_port
from kb.editing import tokens
from kb.management.commands import serve_mcp
from kb.models import Grant, Role, User
from tests.conftest import pointed_at

pytestmark = pytest.mark.django_db  # so that there is a database to copy

COMMAND = ["-m", "manage", "serve_mcp"]


@pytest.fixture(scope="module")
def served(dataset_database, django_db_blocker):
    """(environment, secret of a token for drafts) of a database with the starter knowledge."""
    with django_db_blocker.unblock():
        url = copied_database(dataset_database, "mcp")
        with pointed_at("mcp"):
            ada = User.objects.create_user("ada", "ada@example.org")
            Grant.objects.create(user=ada, role=Role.EDITOR)
            ends = timezone.now() + timedelta(days=1)
            _token, secret = tokens.create(ada, "model", ["draft"], expires_at=ends)
    return environment_of(FOLDER / "mcp", url), secret


async def over_stdio(environment, ask):
    """What `ask` gives with a session of a server that is started for it."""
    server = StdioServerParameters(
        command=sys.executable, args=COMMAND, env=environment, cwd=settings.BASE_DIR
    )
    async with stdio_client(server) as streams, ClientSession(*streams) as session:
        started = await session.initialize()
        return await ask(session, started)


def told(result):
    assert not result.isError, result.content
    return result.structuredContent


def said(result):
    return "".join(each.text for each in result.content)


def test_a_standard_client_lists_and_calls_the_tools(served):
    environment, _secret = served

    async def ask(session, started):
        listed = (await session.list_tools()).tools
        call = session.call_tool
        answers = {
            "search": await call("search", {"query": "particle laboratory", "limit": 2}),
            "get": await call("get", {"key": "germany"}),
            "members": await call("members", {"key": "cern", "on": "1962-06-01", "limit": 3}),
            "memberships": await call("memberships", {"key": "germany", "on": "1999-12-31"}),
            "match": await call("match", {"names": ["Germny"]}),
            "changes": await call("changes", {"limit": 2}),
            "common_ground": await call(
                "common_ground", {"sides": ["united-states", "china"], "limit": 1}
            ),
            "compare": await call("compare", {"keys": ["cern", "iaea"]}),
            "rest": await call("compare", {"keys": ["cern", "iaea"], "row": 8}),
            "suggest_change": await call("suggest_change", {"key": "cern", "reason": "x"}),
            "wrong": await call("members", {"key": "cern", "on": "yesterday"}),
            "unknown": await call("drop_tables", {}),
        }
        return started, listed, answers

    started, listed, answers = anyio.run(over_stdio, environment, ask)

    assert started.serverInfo.name == "Common Ground"
    assert "sources" in started.instructions
    reading = {tool.name for tool in listed if tool.annotations.readOnlyHint}
    assert reading == {
        "search",
        "get",
        "match",
        "changes",
        "members",
        "memberships",
        "compare",
        "common_ground",
    }
    assert {tool.name for tool in listed} - reading == {"suggest_change"}

    assert told(answers["search"])["items"][0]["address"].endswith("/bodies/cern/")
    assert said(answers["get"]).startswith("# Germany\n")
    member = told(answers["members"])["items"][0]
    assert member["actor"]["address"].endswith("/actors/belgium/")
    assert member["cites"][0]["source"]["address"].endswith("/sources/b-cern-member-states/")
    assert (member["certainty"], told(answers["members"])["total"]) == ("certain", 19)
    assert told(answers["memberships"])["total"] > 5
    assert told(answers["match"])["items"][0]["candidates"][0]["key"] == "germany"
    assert len(told(answers["changes"])["items"]) == 2
    compared, rest = told(answers["compare"]), told(answers["rest"])
    assert [column["key"] for column in compared["columns"]] == ["cern", "iaea"]
    assert compared["next_row"] == len(compared["items"]) < compared["total"]
    assert len(rest["items"]) + 8 <= rest["total"]
    cited = [each for cell in compared["items"][0]["cells"] for each in cell["cites"]]
    assert all("/sources/" in each["source"]["address"] for each in cited)
    (ground,) = told(answers["common_ground"])["items"]
    assert ground["subject"]["address"]
    for name in ("suggest_change", "wrong", "unknown"):
        assert answers[name].isError
    assert "token" in said(answers["suggest_change"])
    assert "YYYY-MM-DD" in said(answers["wrong"]) or "yesterday" in said(answers["wrong"])
    for name, answer in answers.items():
        assert len(said(answer)) < 30_000, name


def test_with_a_token_a_draft_is_opened_and_nothing_is_published(served):
    environment, secret = served

    async def ask(session, _started):
        given = {"key": "cern", "reason": "Another name", "add": {"aliases": ["Cernlab"]}}
        return (
            await session.call_tool("suggest_change", given),
            await session.call_tool("search", {"query": "Cernlab"}),
        )

    opened, search = anyio.run(over_stdio, {**environment, "CG_TOKEN": secret}, ask)

    assert told(opened)["status"] == "draft"
    assert told(search)["items"] == []


@pytest.mark.filterwarnings("ignore:Use `streamable_http_client`:DeprecationWarning")
def test_over_http_the_token_comes_with_the_request(served):
    environment, secret = served
    port = free_port()
    command = [sys.executable, *COMMAND, "--http", "--port", str(port)]
    process = subprocess.Popen(
        command, env=environment, cwd=settings.BASE_DIR, stderr=subprocess.PIPE, text=True
    )

    async def ask(headers):
        url = f"http://127.0.0.1:{port}/mcp/"
        async with (
            streamablehttp_client(url, headers=headers) as (incoming, outgoing, _id),
            ClientSession(incoming, outgoing) as session,
        ):
            await session.initialize()
            given = {"key": "cern", "reason": "A name", "add": {"aliases": ["Cernlab"]}}
            return await session.call_tool("suggest_change", given)

    try:
        while "running on" not in (line := process.stderr.readline()):
            assert line, "the server ended"
            time.sleep(0.01)
        opened = anyio.run(ask, {"Authorization": f"Bearer {secret}"})
        refused = anyio.run(ask, {})
    finally:
        process.terminate()
        process.wait(10)

    assert told(opened)["status"] == "draft"
    assert refused.isError


def test_without_the_extra_one_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setattr(serve_mcp, "find_spec", lambda _name: None)

    with pytest.raises(CommandError, match=r"pip install \.\[mcp\]"):
        call_command("serve_mcp")


def test_the_tools_need_no_protocol():
    code = "import django; django.setup(); from kb.mcp.tools import tools; tools()"
    blocked = f"import sys; sys.modules['mcp'] = None; {code}"

    done = subprocess.run(
        [sys.executable, "-c", blocked],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": "", "CG_DATA": str(FOLDER)},
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
