"""Detection of the dialect of joined streams, and of servers behind a proxy."""

from captured import captures

from graphtape_contracts import Response
from graphtape_contracts.dialect import Dialect, detect
from graphtape_contracts.parsing.exchange_head import Kind, kind_of

_RUN = "/threads/01a2021a-ff2e-775a-b3e7-411d3384fb79/runs/01a2021a-ff2e-775a-b3e7-411d3384fb78"


def test_a_joined_stream_of_the_python_server_is_not_detected_as_aegra() -> None:
    found = {
        name: detect(exchange.response)
        for name, exchange in captures().items()
        if name.startswith("python")
        and kind_of(exchange.request, exchange.response) in (Kind.JOIN_STREAM, Kind.JOIN)
    }

    assert {name for name, got in found.items() if got is not Dialect.PYTHON} == set()
    assert found


def test_aegra_behind_a_proxy_is_detected_by_the_location_of_its_stream() -> None:
    headers = (("server", "nginx"), ("cache-control", "no-cache"), ("location", f"{_RUN}/stream"))

    assert detect(Response(200, headers)) is Dialect.AEGRA
