"""The HTTP protocol of uvicorn, which shows the application its connection as well."""

from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graphtape_mock.server.connection import TRANSPORT_KEY


class Protocol(HttpToolsProtocol):
    """What uvicorn speaks; faults need the transport to break it."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        cast(dict[str, Any], self.scope)[TRANSPORT_KEY] = self.transport
