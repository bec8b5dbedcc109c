"""The tools, served by the Model Context Protocol: over stdio, or streamable HTTP.

Source: Model Context Protocol, revision 2025-06-18
"""

import contextlib
import os
from collections.abc import AsyncIterator
from typing import Any

import anyio
import mcp.types as types
import orjson
import uvicorn
from asgiref.sync import sync_to_async
from django.conf import settings
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.applications import Starlette
from starlette.routing import Mount

from kb.editing.tokens import owner_of
from kb.mcp.calling import Refused
from kb.mcp.tools import Caller, Tool, tools

VERSION = "1"  # of the API that the tools call
TOKEN = "CG_TOKEN"  # noqa: S105  the name of the variable, not its value

INSTRUCTIONS = (
    "A knowledge base in which every statement has its source and its date. Name the key, the"
    " sources and the address of what you use. What is “not yet verified” nobody has checked"
    " against its sources: say so. Of inexact dates an answer is `certain` or `possible`: keep the"
    " difference. Where it says nothing, say that it says nothing."
)


def served() -> "Server[Any, Any]":
    """The server with all tools, not yet connected to anything."""
    by_name = {tool.name: tool for tool in tools()}
    server: Server[Any, Any] = Server(
        settings.SITE_NAME, version=VERSION, instructions=INSTRUCTIONS
    )

    async def list_tools() -> list[types.Tool]:
        return [_declared(tool) for tool in by_name.values()]

    async def call_tool(name: str, arguments: dict[str, Any]) -> types.CallToolResult:
        if name not in by_name:
            return _refused(f"There is no tool “{name}”: there are {', '.join(by_name)}.")
        secret = _secret(server)
        return await sync_to_async(_run)(by_name[name], arguments, secret)

    server.list_tools()(list_tools)  # type: ignore[no-untyped-call]
    server.call_tool()(call_tool)
    return server


def _declared(tool: Tool) -> types.Tool:
    about = types.ToolAnnotations(
        readOnlyHint=not tool.writes, destructiveHint=False, openWorldHint=False
    )
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        inputSchema=tool.schema(),
        annotations=about,
    )


def _run(tool: Tool, arguments: dict[str, Any], secret: str) -> types.CallToolResult:
    token = owner_of(secret) if secret and tool.writes else None
    try:
        answer = tool.run(arguments, Caller(token))
    except Refused as problem:
        return _refused(str(problem))
    if isinstance(answer, str):
        return types.CallToolResult(content=[types.TextContent(type="text", text=answer)])
    told = orjson.dumps(answer).decode()
    text = types.TextContent(type="text", text=told)
    return types.CallToolResult(content=[text], structuredContent=answer)


def _refused(why: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=why)], isError=True)


def _secret(server: "Server[Any, Any]") -> str:
    """The secret of the caller's token: from the header over HTTP, else from the environment."""
    request = server.request_context.request
    if request is None:
        return os.environ.get(TOKEN, "")
    scheme, _space, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def serve_stdio() -> None:
    """Serve whoever started this process, until they hang up."""

    async def serve() -> None:
        server = served()
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(serve)


def serve_http(host: str, port: int) -> None:
    """Serve anybody at `/mcp`, each request by itself."""
    manager = StreamableHTTPSessionManager(served(), json_response=True, stateless=True)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with manager.run():
            yield

    routes = [Mount("/mcp", app=manager.handle_request)]
    uvicorn.run(Starlette(routes=routes, lifespan=lifespan), host=host, port=port)
