"""The journal: what was asked and answered, up to a limit."""

from understudy_mock.api.journal import MAX_BODY, Entry, Journal


def test_entries_are_kept_oldest_first_and_the_oldest_goes() -> None:
    journal = Journal(limit=2)
    first, second, third = (journal.add(Entry("GET", path)) for path in ("/1", "/2", "/3"))

    assert journal.entries == (second, third)
    assert first not in journal.entries


def test_a_cleared_journal_is_empty() -> None:
    journal = Journal()
    journal.add(Entry("GET", "/ok"))

    journal.clear()

    assert journal.entries == ()


def test_a_body_is_kept_up_to_a_limit() -> None:
    entry, long = Entry("POST", "/runs/wait"), Entry("POST", "/runs/wait")

    entry.keep(b"x" * MAX_BODY)
    long.keep(b"x" * (MAX_BODY + 1))

    assert (entry.body, long.body) == (b"x" * MAX_BODY, None)
