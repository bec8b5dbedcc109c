"""The one tag of the templates that draw documents: their values, prepared by the presentation."""

from typing import Any

from django import template
from django.template import Context

from governance.presentation import presented

register = template.Library()


@register.simple_tag(takes_context=True)
def present(context: Context) -> dict[str, Any]:
    """`{% present as shown %}`: what the page of the document at hand shows of it."""
    return presented(context["kind"], context["document"], context["notes"], context["on"])
