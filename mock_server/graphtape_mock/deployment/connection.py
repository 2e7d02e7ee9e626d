"""The HTTP connection to a live deployment."""

import re
import time
from base64 import b64encode
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

import httpx

from graphtape_contracts import Exchange, Frame, Headers, Request, Response
from graphtape_mock.deployment.errors import BadHeader, DeploymentError, explain
from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.redaction.url import strip_url

KEY_VARIABLES = ("LANGGRAPH_API_KEY", "LANGSMITH_API_KEY", "LANGCHAIN_API_KEY")
"""Environment variables with the API key; the first that is set wins, as in official clients."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

READ_TIMEOUT = 300.0
"""The default for the longest pause in a response, in seconds."""
CONNECT_TIMEOUT = 5.0
"""In seconds."""

Clock = Callable[[], float]


class StreamedResponse:
    """The head of a response, and its body while it arrives."""

    def __init__(self, response: Response, body: Iterator[bytes], now: Clock) -> None:
        """Take the head *response*, its *body*, and *now*: the seconds since the request."""
        self.response = response
        self._body = body
        self._now = now

    def now(self) -> float:
        """Return the seconds since the request was sent."""
        return self._now()

    def chunks(self) -> Iterator[bytes]:
        """Yield the body as it arrives; raises DeploymentError if it breaks off."""
        yield from self._body


class DeploymentConnection:
    """An HTTP client for one deployment. Use it as a context manager."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        headers: Headers = (),
        timeout: float = READ_TIMEOUT,
        clock: Clock = time.perf_counter,
        keep_encoding: bool = False,
    ) -> None:
        """Send the *key* as `x-api-key`, and *headers*, with each request.

        Bodies are decompressed. With *keep_encoding* a response keeps its `content-encoding`
        header, for rules to check; otherwise the header is dropped, so that the response can be
        replayed. *timeout* is the longest pause in a response, in seconds. Raises DeploymentError
        if *url* is not an HTTP URL, or a header can't be sent.
        """
        parts = _parse(url)
        self.url = strip_url(url).rstrip("/")
        sent = [*headers, *([("x-api-key", key)] if key is not None else [])]
        for name, value in sent:
            if not value.isascii() or not value.isprintable():
                # The value is left out: it may be a key.
                raise DeploymentError(
                    f"the value of {name} has characters that are not allowed in a header"
                )
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        self.secrets: tuple[str, ...] = tuple(filter(None, (key, password)))
        if user or password:
            self.secrets += (b64encode(f"{user}:{password}".encode()).decode(),)
        self._clock = clock
        self._keep_encoding = keep_encoding
        self._timeout = timeout
        self._client = httpx.Client(
            auth=(user, password) if user or password else None,
            headers=[("accept-encoding", "identity"), ("user-agent", "graphtape"), *sent],
            timeout=httpx.Timeout(timeout, connect=CONNECT_TIMEOUT),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @contextmanager
    def open(self, request: Request) -> Generator[StreamedResponse]:
        """Send *request*; yield the response once its head has arrived.

        Raises DeploymentError.
        """
        sent_at = self._clock()

        def now() -> float:
            return self._clock() - sent_at

        with (
            self._explained(),
            self._client.stream(
                request.method,
                self.url + request.path,
                headers=list(request.headers),
                content=request.body or None,
            ) as response,
        ):
            yield StreamedResponse(self._head(response), self._body(response), now)

    def _head(self, response: httpx.Response) -> Response:
        pairs = (
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in response.headers.raw
        )
        dropped: set[str] = set()
        if "content-encoding" in response.headers and not self._keep_encoding:
            dropped = {"content-encoding", "content-length"}
        return Response(response.status_code, tuple(p for p in pairs if p[0] not in dropped))

    def _body(self, response: httpx.Response) -> Iterator[bytes]:
        with self._explained():
            yield from response.iter_bytes()

    def fetch(self, method: str, path: str, body: bytes = b"") -> Exchange:
        """Send a request, read the whole response, and return the exchange.

        Raises DeploymentError, also for a redirect: the key must not reach another server.
        """
        request = Request(method, path, request_headers(body), body)
        with self.open(request) as response:
            content = b"".join(response.chunks())
            at = response.now()
        self.refuse_redirect(response.response)
        return Exchange(request, response.response, (Frame(at, content),) if content else ())

    def refuse_redirect(self, response: Response) -> None:
        """Raise DeploymentError if *response* is a redirect."""
        if 300 <= response.status < 400:
            target = strip_url(response.header("location") or "an unknown location")
            raise DeploymentError(
                f"{self.url} responds with a redirect to {target}: use the URL of the deployment "
                "itself (https instead of http?)"
            )

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            raise explain(
                error, self.url, timeout=self._timeout, connect_timeout=CONNECT_TIMEOUT
            ) from error


def _parse(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        good = False
        parts = SplitResult("", "", "", "", "")
    if not good:
        shown = re.sub(r"[^/@]*@", "", url)  # The part before an @ may be a password.
        raise DeploymentError(f"expected a URL like http://127.0.0.1:2024, got {shown!r}")
    return parts


def key_from(environment: Mapping[str, str]) -> str | None:
    """Return the API key in *environment* without quotes around it, or None."""
    for name in KEY_VARIABLES:
        if key := environment.get(name, "").strip().strip("\"'"):
            return key
    return None


def header_fields(lines: Iterable[str]) -> Headers:
    """Return the header fields in *lines* such as `Name: value`. Raises BadHeader."""
    pairs: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not _HEADER_NAME.fullmatch(name):
            # Only the name is shown: the value may be a key.
            raise BadHeader(f"expected 'Name: value', got {name[:20]!r} ...")
        pairs.append((name.lower(), value.strip()))
    return tuple(pairs)


def request_headers(body: bytes) -> Headers:
    """Return the headers of a request with this *body*, as recorded; none is secret."""
    accept = ("accept", "*/*")
    return (accept, ("content-type", "application/json")) if body else (accept,)


def secrets_among(headers: Headers, redactor: Redactor) -> tuple[str, ...]:
    """Return the values of the secret *headers*; *redactor* decides by name which are secret.

    A value with a scheme, such as `Bearer abc`, is returned both with and without the scheme.
    """
    values = [value for name, value in headers if redactor.names_secret(name)]
    return (*values, *filter(None, (value.partition(" ")[2] for value in values)))
