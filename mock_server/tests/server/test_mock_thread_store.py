from collections.abc import Callable
from typing import Any

import pytest

from graphtape_mock.server.errors import ApiError
from graphtape_mock.server.thread_store import ThreadStore

ID = "11111111-1111-4111-8111-11111111111a"


def refusal_of(ask: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(ApiError) as caught:
        ask()
    return caught.value.status, caught.value.detail


def test_a_thread_is_created_without_state() -> None:
    threads = ThreadStore(new_id=lambda: ID)

    thread = threads.create({"metadata": {"a": 1, "run_id": "x", "cron_id": "y"}, "ttl": {}})

    now = thread["created_at"]
    assert list(thread.items()) == [
        ("thread_id", ID),
        ("created_at", now),
        ("updated_at", now),
        ("state_updated_at", now),
        ("metadata", {"a": 1}),
        ("status", "idle"),
        ("config", {}),
        ("values", None),
    ]
    assert threads.get(ID.upper()) is thread


def test_an_id_made_here_is_of_version_7() -> None:
    assert ThreadStore().create({})["thread_id"][14] == "7"


@pytest.mark.parametrize("spelling", [ID, ID.upper(), f"{{{ID}}}", ID.replace("-", "")])
def test_the_client_may_choose_the_id(spelling: str) -> None:
    assert ThreadStore().create({"thread_id": spelling})["thread_id"] == ID


def test_an_empty_id_is_none() -> None:
    assert ThreadStore(new_id=lambda: ID).create({"thread_id": ""})["thread_id"] == ID


def test_a_thread_that_exists_is_refused_or_the_answer() -> None:
    threads = ThreadStore()
    thread = threads.create({"thread_id": ID})

    assert refusal_of(lambda: threads.create({"thread_id": ID})) == (
        409,
        f"Thread with ID {ID} already exists",
    )
    assert threads.create({"thread_id": ID, "if_exists": "do_nothing", "metadata": {}}) is thread


def test_a_deleted_thread_is_gone() -> None:
    threads = ThreadStore()
    threads.create({"thread_id": ID})

    threads.delete(ID)

    gone = (404, f"Thread with ID {ID} not found")
    assert refusal_of(lambda: threads.get(ID)) == gone
    assert refusal_of(lambda: threads.delete(ID)) == gone


def test_what_is_no_uuid_is_refused() -> None:
    threads = ThreadStore()
    bad = (422, "Invalid thread ID: must be a UUID")

    assert refusal_of(lambda: threads.create({"thread_id": "x"})) == bad
    assert refusal_of(lambda: threads.get("x")) == bad
    assert refusal_of(lambda: threads.delete("x")) == bad


@pytest.mark.parametrize("updates", [[], [{"as_node": "a"}]], ids=["none", "one"])
def test_state_can_not_be_put_into_a_thread(updates: list[Any]) -> None:
    body = {"supersteps": [{"updates": updates}]}

    assert refusal_of(lambda: ThreadStore().create(body))[0] == 501


def test_the_oldest_thread_is_forgotten_beyond_the_limit() -> None:
    threads = ThreadStore(limit=2)
    first, *rest = [threads.create({})["thread_id"] for _ in range(3)]

    assert refusal_of(lambda: threads.get(first))[0] == 404
    assert [threads.get(thread_id)["thread_id"] for thread_id in rest] == rest


def test_a_thread_that_was_deleted_during_its_run_stays_away() -> None:
    threads = ThreadStore()
    threads.occupy(ID, {"graph_id": "agent"})
    threads.delete(ID)

    threads.release(ID, "idle", {}, None, {})

    assert refusal_of(lambda: threads.get(ID))[0] == 404
