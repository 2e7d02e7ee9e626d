"""The HTTP protocol of uvicorn, with access to the connection for the application."""

import base64
import binascii
import logging
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graphtape_mock.console.text import escape
from graphtape_mock.server.connection import TRANSPORT_KEY
from graphtape_mock.server.failures import LOG


class _ConnectionLog(logging.Logger):
    """A log of connections, separate from uvicorn's log, which belongs to the host process."""

    def handle(self, record: logging.LogRecord) -> None:
        """Pass on a *record*, unless it is about a response that was broken off on purpose."""
        if "without completing response" not in record.getMessage():
            super().handle(record)


_LOG = _ConnectionLog("graphtape.connection", logging.WARNING)
_LOG.parent = LOG


class Protocol(HttpToolsProtocol):
    """Puts the transport into each ASGI scope; faults need it to break the connection.

    A WebSocket handshake is refused.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.logger = _LOG
        self.access_log = False
        # Any class makes uvicorn pass handshakes to `handle_websocket_upgrade`.
        self.ws_protocol_class = Protocol
        self._running: Any = None  # The request being answered; `cycle` is the latest received.

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        cast(dict[str, Any], self.scope)[TRANSPORT_KEY] = self.transport

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def send_400_response(self, msg: str) -> None:
        """Refuse data that is not HTTP, and drop the requests that came before it."""
        super().send_400_response(msg)
        self._drop_running()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the request being answered: uvicorn ends only the latest received."""
        self._drop_running()
        super().connection_lost(exc)

    def _drop_running(self) -> None:
        # Otherwise a response would be written to a closed connection, which is an error.
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()

    def handle_websocket_upgrade(self) -> None:
        """Refuse a WebSocket handshake like langgraph-api 0.16.7, which has no such route."""
        status, text = b"403 Forbidden", b""
        if flaw := _flaw_of_handshake(dict(self.headers)):
            status, text = b"400 Bad Request", b"Failed to open a WebSocket connection: "
            text += flaw + b".\n"
        dates = [value for name, value in self.server_state.default_headers if name == b"date"]
        date = b"Date: %b\r\n" % dates[0] if dates else b""
        self.transport.write(
            b"HTTP/1.1 %b\r\n%bConnection: close\r\nContent-Length: %d\r\n"
            b"Content-Type: text/plain; charset=utf-8\r\n\r\n%b" % (status, date, len(text), text)
        )
        self.transport.close()

    def unfinished(self) -> str:
        """Return a phrase for what the connection waits for; empty if it is idle."""
        cycle: Any = self.cycle  # None before the first request.
        unread = self.transport.get_write_buffer_size()
        if cycle is None or (cycle.response_complete and not unread):
            return ""
        request = escape(f"{cycle.scope['method']} {cycle.scope['path']}")
        if cycle.more_body:
            return f"{request}, which was not received completely"
        return f"{request}, whose client does not read the response" if unread else request


def _flaw_of_handshake(headers: dict[bytes, bytes]) -> bytes:
    """Return what is wrong with the *headers* of a WebSocket handshake; empty if nothing is."""
    for name in (b"Key", b"Version"):
        if b"sec-websocket-" + name.lower() not in headers:
            return b"missing Sec-WebSocket-%b header" % name
    key, version = headers[b"sec-websocket-key"], headers[b"sec-websocket-version"]
    try:
        base64.b64decode(key, validate=True)
    except binascii.Error as error:
        return b"invalid Sec-WebSocket-Key header: %b; %b" % (key, str(error).encode())
    return b"" if version == b"13" else b"invalid Sec-WebSocket-Version header: " + version
