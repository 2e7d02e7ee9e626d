"""Printed text: redacted, escaped and cut."""

import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from graphtape_mock.redaction.redactor import Redactor
from graphtape_suites.printing.printed_text import LONGEST, escape_lines, printed_text

REDACT = Redactor(secrets=["hunter22"]).redact_text


def test_a_short_text_is_printed_whole(tmp_path: Path) -> None:
    assert printed_text("a\n\nhunter22", REDACT, tmp_path, "test") == "a\n\n[redacted-1]"
    assert list(tmp_path.iterdir()) == []


def test_a_long_text_is_cut_and_the_whole_is_kept(tmp_path: Path) -> None:
    text = "x" * LONGEST + "hunter22"

    printed = printed_text(text, REDACT, tmp_path, "a.py::test")

    kept = tmp_path / ".graphtape" / "a.py-test.txt"
    assert kept.read_text() == "x" * LONGEST + "[redacted-1]"
    assert printed.startswith("x" * LONGEST + "...")
    assert str(kept) in printed


def test_a_long_text_is_cut_though_it_can_not_be_kept(tmp_path: Path) -> None:
    (tmp_path / ".graphtape").touch()

    printed = printed_text("x" * (LONGEST + 1), REDACT, tmp_path, "test")

    assert printed.startswith("x" * LONGEST + "...")
    assert "can't be kept" in printed


@given(st.text())
def test_no_control_character_is_left_but_the_ends_of_lines(text: str) -> None:
    categories = {unicodedata.category(one) for one in escape_lines(text).replace("\n", "")}

    assert categories.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
    assert escape_lines(text).count("\n") == text.count("\n")
