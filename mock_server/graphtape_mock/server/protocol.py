"""The HTTP protocol of uvicorn, with access to the connection for the application."""

from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graphtape_mock.server.connection import TRANSPORT_KEY


class Protocol(HttpToolsProtocol):
    """Puts the transport into each ASGI scope; faults need it to break the connection."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        cast(dict[str, Any], self.scope)[TRANSPORT_KEY] = self.transport
