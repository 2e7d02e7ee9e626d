"""The HTTP connection to a live deployment."""

import math
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Self

import httpx

from graphtape_contracts import Exchange, Frame, Headers, Request, Response
from graphtape_mock.deployment.address import (
    BadPath,
    bad_url,
    join_url,
    parse_url,
    url_secrets,
    user_info,
)
from graphtape_mock.deployment.decoding import decoded, encodings_of, undecoded
from graphtape_mock.deployment.errors import (
    DeploymentError,
    LimitReached,
    Stopped,
    TimeOver,
    explain,
)
from graphtape_mock.deployment.headers import request_headers, secrets_among
from graphtape_mock.deployment.limits import Deadline, Limits
from graphtape_mock.deployment.proxy import proxy_for
from graphtape_mock.deployment.retry import retry_delay
from graphtape_mock.deployment.sockets import OpenSockets
from graphtape_mock.deployment.tls import TlsFiles
from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.redaction.url import strip_url

CONNECT_TIMEOUT = 5.0
"""The maximum time to connect, in seconds."""
STOPPED = "stopped by Ctrl-C"
LONGEST_WAIT = 3600.0
"""The longest wait for a retry, in seconds; `max-time` can make it shorter."""
_FAREWELL = Limits(pause=5.0, seconds=5.0, body_bytes=1_000_000, retries=0)
"""The limits of the request that cancels a run after the session is over."""

Clock = Callable[[], float]


def no_notice(seconds: float) -> None:
    """Do nothing."""


class StreamedResponse:
    """The head of a response, and its body while it arrives."""

    def __init__(
        self,
        response: Response,
        body: Iterator[bytes],
        now: Clock,
        *,
        limits: Limits | None = None,
        undecoded: str = "",
    ) -> None:
        """Take the head *response*, the *body*, and *now*, the clock since the request was sent."""
        self.response = response
        self.limits = limits or Limits()
        """The limits of the connection."""
        self.undecoded = undecoded
        """The encodings that can't be decoded, such as `br`; empty if there are none."""
        self._body = body
        self._now = now

    @property
    def undecoded_reason(self) -> str:
        """Why the body can't be decoded; empty if it can."""
        if not self.undecoded:
            return ""
        return (
            f"the response is encoded as {self.undecoded}, which can't be decoded here: turn that "
            "off in the deployment or its gateway (pip install 'httpx[brotli,zstd]' adds br, zstd)"
        )

    def now(self) -> float:
        """Return the seconds since the request was sent."""
        return self._now()

    def chunks(self) -> Iterator[bytes]:
        """Yield the body as it arrives. Raises DeploymentError if it breaks off.

        The error is a LimitReached if the body is too large or the time is over.
        """
        yield from self._body


class DeploymentConnection:
    """An HTTP client for one deployment. Use it as a context manager."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        headers: Headers = (),
        limits: Limits | None = None,
        tls: TlsFiles | None = None,
        through_proxy: bool = True,
        keep_encoding: bool = False,
        clock: Clock = time.perf_counter,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        """Send the *key* as `x-api-key`, *headers* and the query of *url* with each request.

        Bodies are decompressed. With *keep_encoding* a response keeps its `content-encoding`
        header, for rules to check; otherwise the header is dropped, so that the response can be
        replayed, unless the body can't be decompressed. The time in *limits* starts now, by
        *clock*. Without *through_proxy* the proxies of the environment are ignored, for a mock in
        this process. Raises DeploymentError if *url* is not an HTTP URL, a header can't be sent,
        or a file of *tls* can't be used.
        """
        parts = parse_url(url)
        try:
            httpx.URL(url)
        except httpx.InvalidURL:
            raise bad_url(url) from None
        self.url = strip_url(url).rstrip("/")
        """The URL to show: without user, password and query."""
        self._asked_url = f"{self.url}?{parts.query}" if parts.query else self.url
        sent = (*headers, *([("x-api-key", key)] if key is not None else []))
        for name, value in sent:
            if not value.isascii() or not value.isprintable():
                # The value is left out: it may be a key.
                raise DeploymentError(
                    f"the value of {name} has characters that are not allowed in a header"
                )
        user, password = user_info(url)
        given = (key, *url_secrets(url), *secrets_among(headers, Redactor()))
        self.secrets: tuple[str, ...] = tuple(dict.fromkeys(filter(None, given)))
        """The user's credentials: the key, the password, and the values of headers and query."""
        self.limits = limits or Limits()
        self.deadline = Deadline(self.limits.seconds, clock)
        self._clock = clock
        self._keep_encoding = keep_encoding
        self._through_proxy = through_proxy
        self._sockets = OpenSockets()
        self._ended = threading.Event()
        self._end: DeploymentError | None = None
        self._sleep = sleep or self._ended.wait
        self._watchdog = threading.Timer(
            self.limits.seconds, self._end_by, (TimeOver(self.limits.over_time),)
        )
        self._watchdog.daemon = True
        self._client = httpx.Client(
            auth=(user, password) if user or password else None,
            timeout=httpx.Timeout(self.limits.pause, connect=CONNECT_TIMEOUT),
            trust_env=through_proxy,
            verify=(tls or TlsFiles()).context(),
        )
        # The default of httpx lists what it can decode. We ask for bodies that are not encoded.
        offered = self._client.headers["accept-encoding"]
        self._decoders = frozenset(one.strip() for one in offered.split(","))
        self._client.headers = httpx.Headers(
            [("accept-encoding", "identity"), ("user-agent", "graphtape"), *sent]
        )
        self._farewell = partial(
            DeploymentConnection,
            url,
            key=key,
            headers=headers,
            limits=_FAREWELL,
            tls=tls,
            through_proxy=through_proxy,
        )

    def __enter__(self) -> Self:
        if math.isfinite(self.limits.seconds):
            self._watchdog.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._watchdog.cancel()
        self.abort()
        self._client.close()

    def abort(self) -> None:
        """End all requests of this connection at once, also those that wait in other threads.

        These requests raise Stopped, and so does each later one.
        """
        self._end_by(Stopped(STOPPED))

    def _end_by(self, end: DeploymentError) -> None:
        self._end = self._end or end
        self._ended.set()
        self._sockets.shut_down()

    def check(self) -> None:
        """Raise TimeOver if the time of the session is over, Stopped after `abort`."""
        if self._end is not None:
            raise type(self._end)(str(self._end))
        if self.deadline.is_over:
            raise TimeOver(self.limits.over_time)

    def sleep(self, seconds: float) -> None:
        """Wait. Raises TimeOver or Stopped as soon as the session is over."""
        self._sleep(seconds)
        self.check()

    @contextmanager
    def open(self, request: Request) -> Generator[StreamedResponse]:
        """Send *request*; yield the response once its head has arrived.

        Redirects are not followed. Raises DeploymentError.
        """
        url = join_url(self._asked_url, request.path)
        self.check()
        sent_at = self._clock()

        def now() -> float:
            return self._clock() - sent_at

        with (
            self._explained(),
            self._client.stream(
                request.method,
                url,
                headers=list(request.headers),
                content=request.body or None,
                follow_redirects=False,
                extensions={"trace": self._sockets.trace},
            ) as response,
        ):
            encodings = encodings_of(response.headers)
            unknown = undecoded(encodings, self._decoders)
            yield StreamedResponse(
                self._head(response, decoded=not unknown),
                self._body(response, encodings),
                now,
                limits=self.limits,
                undecoded=unknown,
            )

    @contextmanager
    def open_retrying(
        self, request: Request, waiting: Callable[[float], object] = no_notice
    ) -> Generator[StreamedResponse]:
        """Send *request*; send it again after each 429 or 503, as Retry-After asks.

        *waiting* is called with the seconds before each wait. Yields the first response that asks
        for no retry or for a longer wait than the time left, or else the response to the last
        retry. Raises DeploymentError.
        """
        for _ in range(self.limits.retries):
            with self.open(request) as response:
                delay = retry_delay(response.response, time.time())
                if delay is None or delay > min(self.deadline.left, LONGEST_WAIT):
                    yield response
                    return
            waiting(delay)
            self.sleep(delay)
        with self.open(request) as response:
            yield response

    def _head(self, response: httpx.Response, *, decoded: bool) -> Response:
        pairs = (
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in response.headers.raw
        )
        dropped: set[str] = set()
        if "content-encoding" in response.headers and decoded and not self._keep_encoding:
            dropped = {"content-encoding", "content-length"}
        return Response(response.status_code, tuple(p for p in pairs if p[0] not in dropped))

    def _body(self, response: httpx.Response, encodings: list[str]) -> Iterator[bytes]:
        received = 0
        with self._explained():
            for piece in decoded(response, encodings):
                self.check()
                received += len(piece)
                if received > self.limits.body_bytes:
                    raise LimitReached(self.limits.over_body)
                yield piece
        if self._end is not None:
            self.check()  # A body without a length looks complete when its socket is shut down.

    def fetch(self, method: str, path: str, body: bytes = b"") -> Exchange:
        """Send a request, read the whole response, and return the exchange; retry as asked.

        Raises DeploymentError, also for a redirect, since the key must not reach another server,
        and for a body that can't be decoded.
        """
        request = Request(method, path, request_headers(body), body)
        with self.open_retrying(request) as response:
            content = b"".join(response.chunks())
            at = response.now()
        self.refuse_redirect(response.response)
        if response.undecoded:
            raise DeploymentError(f"{self.url} responds to {request}: {response.undecoded_reason}")
        return Exchange(request, response.response, (Frame(at, content),) if content else ())

    def tell(self, method: str, path: str) -> None:
        """Send a request whose response does not matter, even after the session is over."""
        with suppress(DeploymentError):
            if self._end is None and not self.deadline.is_over:
                self.fetch(method, path)
                return
            with self._farewell() as last:
                last.fetch(method, path)

    def refuse_redirect(self, response: Response) -> None:
        """Raise DeploymentError if *response* is a redirect."""
        if 300 <= response.status < 400:
            target = strip_url(response.header("location") or "an unknown location")
            raise DeploymentError(
                f"{self.url} responds with a redirect to {target}: use the URL of the deployment "
                "itself (https instead of http?)"
            )

    @property
    def proxy(self) -> str | None:
        """The URL of the proxy that requests go through, without secrets; None without a proxy."""
        return proxy_for(self.url) if self._through_proxy else None

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except httpx.InvalidURL as error:
            raise BadPath(f"{self.url}: a request can't be sent: {error}") from None
        except httpx.HTTPError as error:
            self.check()
            raise explain(
                error,
                self.url,
                proxy=self.proxy,
                limits=self.limits,
                connect_timeout=CONNECT_TIMEOUT,
            ) from error
