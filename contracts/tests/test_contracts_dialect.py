"""The dialect is detected in responses without a new run, and behind a proxy."""

from captured import captures

from graphtape_contracts import Response
from graphtape_contracts.dialect import Dialect, detect
from graphtape_contracts.parsing.exchange_head import Kind, kind_of

_RUN = "/threads/01a2021a-ff2e-775a-b3e7-411d3384fb79/runs/01a2021a-ff2e-775a-b3e7-411d3384fb78"


def test_a_stream_that_the_python_server_joins_is_not_taken_for_one_of_aegra() -> None:
    found = {
        name: detect(exchange.response)
        for name, exchange in captures().items()
        if name.startswith("python")
        and kind_of(exchange.request, exchange.response) in (Kind.JOIN_STREAM, Kind.JOIN)
    }

    assert {name for name, got in found.items() if got is not Dialect.PYTHON} == set()
    assert found


def test_aegra_behind_a_proxy_is_told_by_where_its_streams_are() -> None:
    headers = (("server", "nginx"), ("cache-control", "no-cache"), ("location", f"{_RUN}/stream"))

    assert detect(Response(200, headers)) is Dialect.AEGRA
