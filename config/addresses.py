"""Addresses as people type them."""

from django.http import HttpRequest
from django.middleware.common import CommonMiddleware


class Addresses(CommonMiddleware):
    """Refuses foreign host names, and adds the slash that a page's address is missing.

    Django's own class looks for a missing slash before each request, so that every address of the
    API would be resolved twice; this one looks only after a 404.
    """

    def process_request(self, request: HttpRequest) -> None:
        request.get_host()
