"""Markers in the metadata of runs: which run a response belongs to."""

import json
from collections.abc import Sequence

from graphtape_contracts import Exchange
from graphtape_contracts.json_value import is_object
from graphtape_mock.recordings.try_json import object_in
from graphtape_suites.scenarios.isolation import RUN_TAG


def run_tag_of(exchange: Exchange) -> str | None:
    """Return the marker that the request of *exchange* sent; None if there is none."""
    metadata = object_in(exchange.request.body).get("metadata")
    return str(metadata[RUN_TAG]) if is_object(metadata) and RUN_TAG in metadata else None


def foreign_run_tags(exchanges: Sequence[Exchange]) -> str:
    """Say which of *exchanges* was answered with the marker of another; empty if none was."""
    markers = {number: run_tag_of(exchange) for number, exchange in enumerate(exchanges, 1)}
    for number, exchange in enumerate(exchanges, 1):
        for other, marker in markers.items():
            if marker and marker != markers[number] and marker.encode() in exchange.body:
                return (
                    f"expected nothing of run {other} in the answer to run {number}, got its "
                    f"marker {json.dumps(marker)} ({exchange.request.path})"
                )
    return ""
