"""What the wire of stateless runs looks like, and what it promises."""

from graphtape_contracts.exchange import End, Exchange, Frame, Headers, Request, Response

__all__ = ["End", "Exchange", "Frame", "Headers", "Request", "Response"]
