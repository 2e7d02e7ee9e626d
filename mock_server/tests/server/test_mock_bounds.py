"""What the mock keeps is bounded by bytes, and all defaults together stay below 256 MB."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Scope

from graphtape_contracts import Exchange
from graphtape_mock.replay.bounded_cache import BoundedCache
from graphtape_mock.replay.engine import MAX_TEMPLATE_BYTES
from graphtape_mock.server.assistant_catalogue import CREATED_BYTES, AssistantCatalogue
from graphtape_mock.server.errors import ApiError, NotAvailable, shown
from graphtape_mock.server.journal import MAX_BYTES, Journal
from graphtape_mock.server.json_size import size_of
from graphtape_mock.server.mock import Mock
from graphtape_mock.server.run_registry import UNATTENDED_BYTES
from graphtape_mock.server.run_request import MAX_CACHED_BYTES
from graphtape_mock.server.thread_store import THREAD_BYTES, ThreadStore

Call = Callable[..., Exchange]
MakeRun = Callable[..., Exchange]
ServeRuns = Callable[..., Mock]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def test_all_defaults_together_are_below_256_mb() -> None:
    bounds = (
        MAX_BYTES,
        THREAD_BYTES,
        CREATED_BYTES,
        UNATTENDED_BYTES,
        MAX_CACHED_BYTES,
        MAX_TEMPLATE_BYTES,
    )

    assert sum(bounds) < 256 * 1_000_000


@given(JSON)
def test_the_size_of_a_value_grows_with_what_is_put_around_it(value: object) -> None:
    assert size_of([value]) > size_of(value) > 0
    assert size_of({"a": value}) > size_of(value)


def test_the_size_of_a_value_is_what_it_takes_in_memory() -> None:
    text = orjson.dumps([{f"key {n}": [float(n), f"text {n}"]} for n in range(2000)])
    tracemalloc.start()
    try:
        value = orjson.loads(text)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    # Keys come from a cache of orjson, which traces nothing.
    assert taken * 0.7 < size_of(value) < taken * 2


def scope(header: bytes) -> Scope:
    return {"type": "http", "method": "GET", "path": "/", "headers": [(b"a", header)]}


def test_the_journal_counts_headers_and_bodies_and_drops_the_oldest() -> None:
    journal = Journal(byte_limit=100_000, body_limit=50_000)
    for _ in range(200):
        entry = journal.open(scope(b"x" * 1000))
        entry.keep(b"y" * 9000)

    assert 0 < journal.bytes <= 100_000
    assert journal.dropped == 200 - len(journal.entries)
    assert journal.bytes == sum(entry.size for entry in journal.entries)


def test_the_latest_request_is_always_in_the_journal() -> None:
    journal = Journal(byte_limit=10)

    first, second = journal.open(scope(b"")), journal.open(scope(b"x" * 100))
    first.keep(b"not counted any more")

    assert journal.entries == (second,)
    assert journal.bytes == second.size


def test_a_cleared_journal_counts_nothing_of_the_requests_before() -> None:
    journal = Journal()
    entry = journal.open(scope(b""))

    journal.clear()
    entry.keep(b"late")

    assert (journal.bytes, journal.entries) == (0, ())


def test_threads_are_dropped_by_their_size_the_oldest_first() -> None:
    threads = ThreadStore(byte_limit=100_000)
    ids = [threads.create({"metadata": {"text": "x" * 9000}})["thread_id"] for _ in range(100)]

    assert 0 < threads.bytes <= 100_000
    with pytest.raises(ApiError, match="404"):
        threads.get(ids[0])
    assert threads.get(ids[-1])

    threads.clear()
    assert threads.bytes == 0


def test_a_thread_that_is_too_large_is_refused_and_no_other_dropped() -> None:
    threads = ThreadStore(byte_limit=10_000)
    small = threads.create({})["thread_id"]

    with pytest.raises(ApiError, match=r"507: .* 10000") as caught:
        threads.create({"metadata": {"text": "x" * 10_000}})

    assert caught.value.status == 507
    assert threads.get(small)


def test_a_thread_with_a_state_that_is_too_large_is_not_kept() -> None:
    threads = ThreadStore(byte_limit=10_000)
    thread_id = threads.create({})["thread_id"]

    threads.release(thread_id, "idle", "x" * 10_000, None, {})

    with pytest.raises(ApiError, match="404"):
        threads.get(thread_id)
    assert threads.bytes == 0


def test_created_assistants_are_bounded_by_their_size(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    recordings = serve_runs(make_run([])).replay.library.recordings
    catalogue = AssistantCatalogue(recordings, created_bytes=50_000)
    known = len(catalogue.assistants)

    made = [
        catalogue.create({"graph_id": "agent", "metadata": {"text": "x" * 9000}}) for _ in range(20)
    ]

    assert 0 < len(catalogue.assistants) - known < 6
    assert catalogue.get(made[-1].assistant_id) is made[-1]
    with pytest.raises(ApiError, match=r"507: .* 50000"):
        catalogue.create({"graph_id": "agent", "metadata": {"text": "x" * 50_000}})


def test_the_part_of_an_assistant_whose_recordings_are_gone_is_not_available(
    make_run: MakeRun, serve_runs: ServeRuns
) -> None:
    catalogue = AssistantCatalogue(serve_runs(make_run([])).replay.library.recordings)
    made = catalogue.create({"graph_id": "agent"})
    catalogue.replace([])

    with pytest.raises(NotAvailable, match=r"501: .*'agent'"):
        catalogue.schemas(made.assistant_id)


def test_a_cache_drops_what_was_used_longest_ago_by_number_and_by_bytes() -> None:
    cache = BoundedCache[str, int](3, 100)
    for number, key in enumerate("abc"):
        cache.add(key, number, 10)
    assert cache.get("a") == 0
    assert (cache.get("x"), cache.peek("x"), cache.peek("b")) == (None, None, 1)

    cache.add("d", 3, 10)
    assert (cache.values, cache.bytes) == ([2, 0, 3], 30)

    cache.add("e", 4, 95)
    assert (len(cache), cache.values, cache.bytes) == (1, [4], 95)

    cache.add("f", 5, 1000)
    assert cache.values == [5]

    cache.clear()
    assert (len(cache), cache.bytes) == (0, 0)


def miss_of(mock: Mock, call: Call, body: dict[str, Any]) -> tuple[str, str]:
    """Return what the journal shows of a miss, and the detail of the response."""
    answered = call(mock, "POST", "/runs/wait", orjson.dumps(body))
    return mock.journal.entries[-1].miss, orjson.loads(answered.body)["detail"]


def test_a_near_miss_of_an_image_is_cut_and_the_command_takes_a_file(
    make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    mock = serve_runs(make_run([("values", 1)], input={"image": "y"}))
    image = "x" * 2_000_000

    miss, detail = miss_of(mock, call, {"assistant_id": "agent", "input": {"image": image}})
    with_context = miss_of(mock, call, {"assistant_id": "agent", "context": {"image": image}})

    assert len(miss) < 1000
    assert miss == detail
    assert "--input @input.json" in miss
    assert "--body @body.json" in with_context[0]


@pytest.mark.parametrize("name", ["evil\x1b[31m", "evil\n::error::x", "evil\u202e"])
def test_a_name_reaches_the_terminal_escaped_and_the_client_as_the_server_sends_it(
    name: str, make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    mock = serve_runs(make_run([]))

    miss, detail = miss_of(mock, call, {"assistant_id": name})

    assert name in detail
    assert name not in miss
    assert "evil" in miss


def test_a_value_in_a_miss_is_escaped_and_its_command_stays_true(
    make_run: MakeRun, serve_runs: ServeRuns, call: Call
) -> None:
    mock = serve_runs(make_run([], input={"a": 1}))

    miss, _ = miss_of(
        mock, call, {"assistant_id": "agent", "input": {"a\u202e": "\u009b\U000e0001é"}}
    )

    assert miss.replace("\n", "").isprintable()
    assert r'{"a\u202e":"\u009b\udb40\udc01é"}' in miss


def test_a_long_text_is_cut_and_the_rest_is_counted() -> None:
    assert shown("x" * 5000) == f"{'x' * 4096} ... (904 more characters)"
    assert shown("a\nb\x1b") == "a\nb\\x1b"
