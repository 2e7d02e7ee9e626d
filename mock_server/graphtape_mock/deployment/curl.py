"""Renders a request as a curl command line to paste into a shell."""

import shlex
from urllib.parse import quote

from graphtape_contracts import Request
from graphtape_mock.deployment.address import join_url
from graphtape_mock.recordings.request_path import is_request_path
from graphtape_mock.redaction.url import strip_url

HARMLESS_HEADERS = frozenset(
    (
        "accept",
        "access-control-request-headers",
        "access-control-request-method",
        "content-encoding",
        "content-type",
        "last-event-id",
        "origin",
    )
)
"""Headers that are never secret. The command line has only these."""

KEY_HEADER = '"x-api-key: $LANGGRAPH_API_KEY"'
"""The header of the key, which the shell inserts; curl omits it if the variable is not set."""


def as_curl(request: Request, url: str, *, key: bool = False) -> str:
    """Return the command line that sends *request* to the deployment at *url*.

    Headers that could be secret are left out; with *key*, the shell inserts the key from its
    environment. Path and body are not redacted here, so pass a request without secrets in them.
    The command always asks the host in *url*, whatever the path is.
    """
    words = ["curl", "-N", *_switches(request)]
    words += [shlex.quote(join_url(strip_url(url), _encoded(request.path)))]
    words += [word for name, value in _headers(request) for word in ("-H", _header(name, value))]
    words += ["-H", KEY_HEADER] if key else []
    if not request.body:
        return " ".join(words)
    if (text := _printable(request.body)) is None:
        return f"printf {_escapes(request.body)} | {' '.join([*words, '--data-binary', '@-'])}"
    # -d reads a file if its argument starts with an @.
    return " ".join([*words, "--data-raw" if text.startswith("@") else "-d", shlex.quote(text)])


def _encoded(path: str) -> str:
    """Return *path* with percent-encoding for characters that no request path has."""
    if is_request_path(path):
        return path
    return "/" + quote(path.lstrip("/"), safe="/?!$%&'()*+,:;=@[]{|}~\"<>^`")


def _switches(request: Request) -> list[str]:
    switches: list[str] = []
    if request.method == "HEAD":
        switches.append("-I")
    elif request.method != ("POST" if request.body else "GET"):
        switches += ["-X", shlex.quote(request.method)]
    if set(request.path) & set("[]{}"):
        switches.append("-g")
    if "/." in request.path:
        switches.append("--path-as-is")
    return switches


def _headers(request: Request) -> list[tuple[str, str]]:
    shown = [
        (name, value)
        for name, value in request.headers
        if name in HARMLESS_HEADERS and (name, value) != ("accept", "*/*")
    ]
    if request.body and "content-type" not in dict(shown):
        shown.append(("content-type", ""))  # Otherwise curl sends the content type of a form.
    return shown


def _header(name: str, value: str) -> str:
    return shlex.quote(f"{name}: {value}" if value else f"{name}:")


def _printable(body: bytes) -> str | None:
    """Return *body* as text, or None if it is not printable UTF-8."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None


def _escapes(body: bytes) -> str:
    """Return *body* as a quoted argument of printf, in printable ASCII."""
    return "'" + "".join(map(_escape, body)) + "'"


def _escape(byte: int) -> str:
    if byte == ord("%"):
        return "%%"
    return chr(byte) if 0x20 <= byte < 0x7F and chr(byte) not in "'\\" else f"\\{byte:03o}"
