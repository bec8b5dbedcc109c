"""The page on which the API is described and can be tried."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from kb.api import openapi
from kb.api.endpoints import Endpoint, origin
from kb.api.errors import CODES
from kb.formats import structured
from kb.publication.markdown import inline_html, markdown_html

FEW = 24  # values of a parameter that the page lists; more have a vocabulary of their own
VARIANTS = (".all", ".not")  # take the values of the parameter before them, which lists them


@require_safe
def api_page(request: HttpRequest) -> HttpResponse:
    """Every endpoint with its parameters and a form to call it, and every problem there is."""
    site = structured.Site(settings.SITE_NAME, origin(request))
    itself = structured.web_page(site, site.address + request.path)
    context = {
        "structured": SafeString(structured.block(itself)),
        "groups": _groups(),
        "problems": CODES.values(),
        "about": markdown_html(openapi.ABOUT),
    }
    response = render(request, "kb/api.html", context)
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _groups() -> list[dict[str, Any]]:
    recorded = openapi.examples()
    shown = [
        _shown(endpoint, recorded.get(endpoint.name))
        for endpoint in openapi.endpoints()
        if endpoint.on_page
    ]
    names = dict.fromkeys(each["group"] for each in shown)
    return [{"name": n, "endpoints": [e for e in shown if e["group"] == n]} for n in names]


def _shown(endpoint: Endpoint[Any], example: dict[str, Any] | None) -> dict[str, Any]:
    described = openapi.operation(endpoint, example)
    path = openapi.BASE + endpoint.path
    return {
        "name": endpoint.name,
        "group": endpoint.group,
        "method": endpoint.method,
        "path": path,
        "shown": format_html_join("", "{}<b>{}</b>", _pieces(path)),
        "summary": endpoint.summary,
        "description": markdown_html(endpoint.description),
        "parameters": [_field(parameter) for parameter in described["parameters"]],
        "example": example["call"] if example else None,
        "statuses": sorted(described["responses"]),
    }


def _pieces(path: str) -> list[tuple[str, str]]:
    """A path as pairs of what stands in it and what is put into it."""
    first, *rest = path.split("{")
    pieces = [(first, "")]
    for piece in rest:
        name, _brace, following = piece.partition("}")
        pieces[-1] = (pieces[-1][0], f"{{{name}}}")
        pieces.append((following, ""))
    return pieces


def _field(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter as a row of the table."""
    schema = parameter["schema"]
    one = schema.get("items", schema)
    choices = one.get("enum", [])
    has_few = len(choices) <= FEW and not parameter["name"].endswith(VARIANTS)
    is_list = schema.get("type") == "array" and parameter.get("explode") is False
    return {
        "name": parameter["name"],
        "description": inline_html(parameter["description"]),
        "in_path": parameter["in"] == "path",
        "is_required": parameter.get("required", False),
        "repeats": parameter.get("explode") is True,
        "choices": ", ".join(choices) if has_few else "",
        "takes_one": not is_list,
        "values": _values(one, schema.get("default")),
        "example": parameter.get("example", ""),
    }


def _values(one: dict[str, Any], default: Any) -> str:
    told = ""
    if one.get("type") == "integer" and "maximum" in one and one["maximum"] < 1_000:
        told = f"{one['minimum']} to {one['maximum']}"
    usual = f"default {default}" if default is not None else ""
    return "; ".join(piece for piece in (told, usual) if piece)
