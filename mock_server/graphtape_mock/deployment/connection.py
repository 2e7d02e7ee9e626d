"""The live deployment that is recorded: one HTTP client, and errors that say what to do."""

import re
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

import httpx

from graphtape_contracts import Exchange, Frame, Headers, Request, Response
from graphtape_mock.redaction.redactor import Redactor, strip_url

KEY_VARIABLES = ("LANGGRAPH_API_KEY", "LANGSMITH_API_KEY", "LANGCHAIN_API_KEY")
"""Where the key comes from; the first that is set wins, as in the official clients."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

READ_TIMEOUT = 300.0
CONNECT_TIMEOUT = 5.0

Clock = Callable[[], float]


class DeploymentError(Exception):
    """The deployment could not be asked: what happened, and what to do next."""


class BadHeader(ValueError):
    """A line that is no header field; of what was got, only the name is told."""


class DeploymentTimeout(DeploymentError):
    """Nothing came for longer than we wait."""


class StreamedResponse:
    """The head of a response, and its body while it arrives."""

    def __init__(self, response: Response, body: Iterator[bytes], now: Clock) -> None:
        self.response = response
        self._body = body
        self._now = now

    def now(self) -> float:
        """Return the seconds since the request was sent."""
        return self._now()

    def chunks(self) -> Iterator[bytes]:
        """Yield the pieces of the body as they arrive; raises DeploymentError where it is cut."""
        yield from self._body


class DeploymentConnection:
    """A deployment at a URL. Use it as a context manager."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        headers: Headers = (),
        timeout: float = READ_TIMEOUT,
        clock: Clock = time.perf_counter,
        tells_encoding: bool = False,
    ) -> None:
        """Send the *key* as `x-api-key`, and *headers*, with each request.

        With *tells_encoding* an answer has its `content-encoding`, though its body comes decoded:
        to be judged. Without, nothing says that it was encoded: to be replayed.
        *timeout* is how long nothing may arrive, in seconds. Raises DeploymentError where *url*
        is none of HTTP, or a header can't be sent.
        """
        parts = _parse(url)
        self.url = strip_url(url).rstrip("/")
        sent = [*headers, *([("x-api-key", key)] if key is not None else [])]
        for name, value in sent:
            if not value.isascii() or not value.isprintable():
                # The value is left out: it may be a key.
                raise DeploymentError(
                    f"the value of {name} has characters that no header can carry"
                )
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        self.secrets: tuple[str, ...] = tuple(filter(None, (key, password)))
        if user or password:
            self.secrets += (b64encode(f"{user}:{password}".encode()).decode(),)
        self._clock = clock
        self._tells_encoding = tells_encoding
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
        """Send *request*; give the answer as soon as its head is there. Raises DeploymentError."""
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
        if "content-encoding" in response.headers and not self._tells_encoding:
            dropped = {"content-encoding", "content-length"}
        return Response(response.status_code, tuple(p for p in pairs if p[0] not in dropped))

    def _body(self, response: httpx.Response) -> Iterator[bytes]:
        with self._explained():
            yield from response.iter_bytes()

    def fetch(self, method: str, path: str, body: bytes = b"") -> Exchange:
        """Ask for something small; return the whole exchange. Raises DeploymentError.

        A redirect is an error: a key is not sent to where nobody meant it to go.
        """
        request = Request(method, path, request_headers(body), body)
        with self.open(request) as answer:
            content = b"".join(answer.chunks())
            at = answer.now()
        self.refuse_redirect(answer.response)
        return Exchange(request, answer.response, (Frame(at, content),) if content else ())

    def refuse_redirect(self, response: Response) -> None:
        """Raise DeploymentError where *response* sends us elsewhere."""
        if 300 <= response.status < 400:
            target = strip_url(response.header("location") or "somewhere unsaid")
            raise DeploymentError(
                f"{self.url} answers with a redirect to {target}: use the URL of the deployment "
                "itself (https instead of http?)"
            )

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except httpx.TimeoutException as error:
            raise DeploymentTimeout(self._explain(error)) from error
        except httpx.HTTPError as error:
            raise DeploymentError(self._explain(error)) from error

    def _explain(self, error: httpx.HTTPError) -> str:
        if tls := _cause(error, ssl.SSLError):
            return (
                f"the TLS connection to {self.url} failed ({tls.reason or tls}). Does it speak "
                "https? For an authority of your own, set SSL_CERT_FILE to its certificate"
            )
        match error:
            case httpx.ConnectTimeout():
                return f"{self.url} did not answer within {CONNECT_TIMEOUT:g} s: is it running?"
            case httpx.ConnectError():
                return f"{self.url} can't be reached ({error}): is it running?"
            case httpx.TimeoutException():
                return (
                    f"nothing came from {self.url} for {self._timeout:g} s; "
                    "for a slower one, raise the timeout"
                )
            case _:
                return f"the connection to {self.url} was lost ({error or type(error).__name__})"


def _parse(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        good = False
        parts = SplitResult("", "", "", "", "")
    if not good:
        shown = re.sub(r"[^/@]*@", "", url)  # What is before an @ may be a password.
        raise DeploymentError(f"expected a URL like http://127.0.0.1:2024, got {shown!r}")
    return parts


def key_from(environment: Mapping[str, str]) -> str | None:
    """Return the key in *environment*, or None; quotes around it are left out."""
    for name in KEY_VARIABLES:
        if key := environment.get(name, "").strip().strip("\"'"):
            return key
    return None


def header_fields(lines: Iterable[str]) -> Headers:
    """Return the header fields that *lines* such as `Name: value` say. Raises BadHeader."""
    pairs: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not _HEADER_NAME.fullmatch(name):
            # Only the name is shown: the value may be a key.
            raise BadHeader(f"expected 'Name: value', got {name[:20]!r} ...")
        pairs.append((name.lower(), value.strip()))
    return tuple(pairs)


def request_headers(body: bytes) -> Headers:
    """Return the headers of a request that are kept in a recording: harmless ones."""
    accept = ("accept", "*/*")
    return (accept, ("content-type", "application/json")) if body else (accept,)


def secrets_among(headers: Headers, redactor: Redactor) -> tuple[str, ...]:
    """Return the values of *headers* whose names say that they are secret.

    Of a value with a scheme, such as `Bearer abc`, what follows the scheme is one as well.
    """
    values = [value for name, value in headers if redactor.names_secret(name)]
    return (*values, *filter(None, (value.partition(" ")[2] for value in values)))


def _cause(error: BaseException, kind: type[ssl.SSLError]) -> ssl.SSLError | None:
    current: BaseException | None = error
    while current is not None:
        if isinstance(current, kind):
            return current
        current = current.__cause__ or current.__context__
    return None
