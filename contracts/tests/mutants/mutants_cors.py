"""Responses that a browser would hide from a page with another origin."""

from mutation import Mutant, with_header, with_status

_SIMPLE = "python/http-stream-cors-simple"
_PREFLIGHT = "python/http-stream-cors-preflight"

MUTANTS = [
    Mutant(
        "cors.origin",
        "no origin is allowed",
        _SIMPLE,
        with_header("access-control-allow-origin", None),
    ),
    Mutant(
        "cors.origin",
        "another origin is allowed",
        "javascript/cors-wait",
        with_header("access-control-allow-origin", "https://elsewhere.example"),
    ),
    Mutant(
        "cors.exposed",
        "only the pagination headers are exposed",
        _SIMPLE,
        with_header("access-control-expose-headers", "x-pagination-total, x-pagination-next"),
    ),
    Mutant("cors.preflight", "the preflight is refused", _PREFLIGHT, with_status(400)),
    Mutant(
        "cors.preflight",
        "the preflight does not allow POST",
        _PREFLIGHT,
        with_header("access-control-allow-methods", "GET, HEAD"),
    ),
    Mutant(
        "cors.preflight",
        "the preflight does not allow the API key",
        "javascript-1.5.1/cors-preflight-stream",
        with_header("access-control-allow-headers", "content-type"),
    ),
    Mutant("cors.vary", "`vary` lacks the origin", _SIMPLE, with_header("vary", "Accept")),
]
