"""The journal: the latest requests and their outcome, up to a limit."""

import asyncio

from starlette.types import Scope

from graphtape_mock.server.journal import MAX_BODY, Journal, entry_of


def scope(path: str) -> Scope:
    return {"type": "http", "method": "GET", "path": path, "headers": [(b"a", b"b")]}


def test_entries_are_kept_oldest_first_and_the_oldest_goes() -> None:
    journal = Journal(limit=2)
    first, second, third = (journal.open(scope(path)) for path in ("/1", "/2", "/3"))

    assert journal.entries == (second, third)
    assert first not in journal.entries
    assert (third.method, third.path, third.headers) == ("GET", "/3", [(b"a", b"b")])


def test_a_cleared_journal_is_empty() -> None:
    journal = Journal()
    journal.answer(journal.open(scope("/ok")), 200)

    journal.clear()

    assert (journal.entries, journal.answered) == ((), 0)


def test_a_body_is_kept_up_to_a_limit() -> None:
    entry, long = Journal().open(scope("/")), Journal().open(scope("/"))
    more = Journal(body_limit=MAX_BODY + 1).open(scope("/"))

    entry.keep(b"x" * MAX_BODY)
    long.keep(b"x" * (MAX_BODY + 1))
    more.keep(b"x" * (MAX_BODY + 1))

    assert (entry.body, long.body) == (b"x" * MAX_BODY, None)
    assert more.body is not None


def test_an_answer_is_waited_for() -> None:
    async def wait() -> list[str]:
        journal, seen = Journal(), list[str]()
        first, second = (journal.open(scope(path)) for path in ("/1", "/2"))

        async def watch() -> None:
            await journal.until_answered(2)
            seen.append("two")

        watching = asyncio.ensure_future(watch())
        for entry in (first, second):
            journal.answer(entry, 200)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            seen.append(entry.path)
        await watching
        return seen

    assert asyncio.run(wait()) == ["/1", "two", "/2"]


def test_what_is_answered_already_is_not_waited_for() -> None:
    journal = Journal()
    journal.answer(journal.open(scope("/1")), 404)

    asyncio.run(journal.until_answered(1))

    assert journal.entries[0].status == 404


def test_a_request_without_an_entry_gets_one_that_nobody_sees() -> None:
    assert entry_of(scope("/x")).path == "/x"
