"""Tags in the metadata of runs, which reveal data of one run in the response to another."""

import json
from collections.abc import Sequence

from graphtape_contracts import Exchange
from graphtape_contracts.json_value import is_object
from graphtape_mock.recordings.try_json import object_in
from graphtape_suites.scenarios.isolation import RUN_TAG


def run_tag_of(exchange: Exchange) -> str | None:
    """Return the tag in the request of *exchange*; None if it has none."""
    metadata = object_in(exchange.request.body).get("metadata")
    return str(metadata[RUN_TAG]) if is_object(metadata) and RUN_TAG in metadata else None


def foreign_run_tags(exchanges: Sequence[Exchange]) -> str:
    """Describe a response that contains the tag of another run; empty if there is none."""
    tags = {number: run_tag_of(exchange) for number, exchange in enumerate(exchanges, 1)}
    for number, exchange in enumerate(exchanges, 1):
        for other, tag in tags.items():
            if tag and tag != tags[number] and tag.encode() in exchange.body:
                return (
                    f"expected nothing of run {other} in the response to run {number}, got the "
                    f"tag {json.dumps(tag)} of run {other} ({exchange.request.path})"
                )
    return ""
