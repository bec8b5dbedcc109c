"""An example of every problem, for the OpenAPI file: what the API really says."""

from typing import Any

from kb.api.errors import CODES

JSON = dict[str, Any]

REQUEST_ID = "4d8decc43a8e15bbbd3f5942"

SAID: dict[str, JSON] = {
    "invalid-parameter": {
        "detail": "Wrong: sort.",
        "errors": [
            {
                "parameter": "sort",
                "code": "invalid",
                "detail": "“nam” is not one of the values. Did you mean “name”? Possible are name,"
                " -name, published_at, -published_at, date, -date.",
            }
        ],
    },
    "invalid-address": {"detail": "The path holds a NUL or bytes that are not UTF-8."},
    "unknown-host": {"detail": "The Host header names another site."},
    "invalid-body": {
        "detail": "The body is not JSON: unexpected end of data: line 1 column 2 (char 1)."
    },
    "invalid-header": {
        "detail": "Idempotency-Key has 1 to 255 visible ASCII characters: a UUID, say."
    },
    "unauthorised": {"detail": "The token is unknown, revoked or at its end."},
    "forbidden": {"detail": "The token “import” does not have the scope “draft”."},
    "not-found": {
        "detail": "No entry is called “cerm”. Did you mean “cern”?",
        "suggestions": ["cern"],
    },
    "method-not-allowed": {"detail": "DELETE does not work here. Use GET, HEAD, OPTIONS."},
    "not-acceptable": {
        "detail": "The formats here are json (application/json).",
        "formats": ["json"],
    },
    "wrong-state": {"detail": "“Save” is not possible while it is submitted."},
    "key-taken": {
        "detail": "“cern” is taken: an entry of that name exists already. Choose another key."
    },
    "stale-base": {
        "detail": "The document was written from revision 3; the changeset begins from 4. Take over"
        " what changed between them.",
        "base": 4,
    },
    "in-progress": {"detail": "The same request is being answered. Send it again in a second."},
    "retracted": {"detail": "“cern-for-ai-2” was retracted at that moment."},
    "redacted": {"detail": "Revision 2 of “cern”, then in force, was redacted."},
    "precondition-failed": {"detail": "The document is another one now. Read it, then decide."},
    "body-too-large": {"detail": "The body has 1,400,000 bytes; 1,048,576 are the most."},
    "too-many": {"detail": "130 queries were sent; 100 are the most at once."},
    "address-too-long": {"detail": "The address has 9,021 characters; 8,192 are the most."},
    "unsupported-media-type": {
        "detail": "Content-Type says “text/plain”; here it is application/json.",
        "accepted": ["application/json"],
    },
    "invalid-content": {
        "detail": "Wrong: /queries/row 1.",
        "errors": [
            {
                "pointer": "/queries/row 1",
                "code": "missing",
                "detail": "Give a name or identifiers: there is nothing to look for.",
            }
        ],
    },
    "unacknowledged-warnings": {"detail": "2 warnings have not been acknowledged."},
    "idempotency-key-reused": {
        "detail": "This Idempotency-Key came with another request. Take a new one for each."
    },
    "precondition-required": {"detail": "Send If-Match with its ETag."},
    "rate-limited": {
        "detail": "600 requests of this sort in 5 minutes are the most. Go on in 120 seconds."
    },
    "server-error": {"detail": "It is logged under the request id."},
    "query-too-expensive": {"detail": "The query was stopped at its time limit."},
}


def example_of(code: str) -> JSON:
    """The whole problem, as the API answers it."""
    about = CODES[code]
    return {
        "type": f"/api/#problem-{code}",
        "title": about.title,
        "status": about.status,
        "code": code,
        "request_id": REQUEST_ID,
        **SAID[code],
    }
