"""`manage.py serve_mcp`: tools for language models, over stdio or HTTP."""

from argparse import ArgumentParser
from importlib.util import find_spec
from typing import Any

from django.core.management.base import BaseCommand, CommandError

MISSING = (
    "The Model Context Protocol is an optional extra, and it is not installed. Install it with"
    " `pip install .[mcp]`, or `uv pip install .[mcp]`, and try again."
)


class Command(BaseCommand):
    help = (
        "Serve tools for language models by the Model Context Protocol: over stdio, or with --http"
        " at /mcp. CG_TOKEN with a token of the scope “draft” lets them open drafts over stdio."
    )
    requires_system_checks = ()  # nothing but the protocol may be written to stdout

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--http", action="store_true", help="streamable HTTP in place of stdio")
        parser.add_argument("--host", default="127.0.0.1", help="with --http (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8001, help="with --http (8001)")

    def handle(self, *args: Any, **options: Any) -> None:
        if find_spec("mcp") is None:
            raise CommandError(MISSING)
        from kb.mcp.server import serve_http, serve_stdio

        if options["http"]:
            serve_http(options["host"], options["port"])
        else:
            serve_stdio()
