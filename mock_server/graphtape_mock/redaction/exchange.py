"""Redacts exchanges."""

from graphtape_contracts import Exchange, Frame, Request, Response
from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.redaction.split import redact_frames


def redact_exchange(exchange: Exchange, redactor: Redactor) -> Exchange:
    """Return *exchange* without its secrets, including secrets that are split over its frames."""
    request, response = exchange.request, exchange.response
    body = redactor.redact(request.body, place="request body")
    path = redactor.redact_text(request.path, place="request path")
    sent = redactor.redact_headers(request.headers, place="request")
    received = redactor.redact_headers(response.headers, place="response")
    frames: tuple[Frame, ...]
    if exchange.is_stream:
        frames = redact_frames(exchange.frames, redactor)
    else:
        frames = tuple(
            redactor.redact_frame(frame, stream=False, place="response body")
            for frame in exchange.frames
        )
    return Exchange(
        Request(request.method, path, sent, body),
        Response(response.status, received),
        frames,
        exchange.end,
    )
