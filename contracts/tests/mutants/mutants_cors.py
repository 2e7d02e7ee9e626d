"""Responses that a browser would hide from a page of another origin."""

from mutation import Mutant, with_header, with_status

_SIMPLE = "python/http-stream-cors-simple"
_PREFLIGHT = "python/http-stream-cors-preflight"

MUTANTS = [
    Mutant("cors.origin", "no origin", _SIMPLE, with_header("access-control-allow-origin", None)),
    Mutant(
        "cors.origin",
        "another origin",
        "javascript/cors-wait",
        with_header("access-control-allow-origin", "https://elsewhere.example"),
    ),
    Mutant(
        "cors.exposed",
        "only the pages of a search are exposed",
        _SIMPLE,
        with_header("access-control-expose-headers", "x-pagination-total, x-pagination-next"),
    ),
    Mutant("cors.preflight", "it is refused", _PREFLIGHT, with_status(400)),
    Mutant(
        "cors.preflight",
        "no POST",
        _PREFLIGHT,
        with_header("access-control-allow-methods", "GET, HEAD"),
    ),
    Mutant(
        "cors.preflight",
        "no key",
        "javascript-1.5.1/cors-preflight-stream",
        with_header("access-control-allow-headers", "content-type"),
    ),
    Mutant("cors.vary", "the origin is forgotten", _SIMPLE, with_header("vary", "Accept")),
]
