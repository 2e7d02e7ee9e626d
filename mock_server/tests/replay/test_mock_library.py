"""The library: the recording for a request, and the error if there is none."""

import builtins
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graphtape_contracts import End, Exchange
from graphtape_mock.recordings.assistant_id import assistant_key
from graphtape_mock.recordings.file import RecordingWriter
from graphtape_mock.recordings.recording import BrokenRecording, Recording
from graphtape_mock.replay.library import (
    MAX_DIFFERENCES,
    AmbiguousRecording,
    Library,
    NoMatch,
    RecordedRun,
    UnknownRecording,
    load,
)
from graphtape_mock.replay.matching import match_form

MakeRun = Callable[..., Exchange]
Json = dict[str, Any]


def find(library: Library, name: str | None = None, **body: Any) -> RecordedRun:
    asked = {"assistant_id": "agent"} | body
    return library.find(match_form(asked, assistant_key(asked["assistant_id"])), asked, name)


def library_of(**recordings: tuple[Exchange, ...]) -> Library:
    return Library(Recording(name, exchanges) for name, exchanges in recordings.items())


def test_a_request_is_answered_by_its_recording(make_run: MakeRun) -> None:
    library = library_of(one=(make_run([], input=1),), two=(make_run([], input=2),))

    assert find(library, input=2, stream_mode="updates").name == "two"


def test_recordings_of_one_request_are_answered_in_order_and_the_last_again(
    make_run: MakeRun,
) -> None:
    library = library_of(
        first=(make_run([], input=1),), second=(make_run([], input=1),), other=(make_run([]),)
    )

    assert [find(library, input=1).name for _ in range(4)] == ["first", *["second"] * 3]


def test_a_recording_that_can_not_show_what_is_asked_for_leaves_it_to_the_next(
    make_run: MakeRun,
) -> None:
    library = library_of(
        values=(make_run([], stream_mode="values"),), updates=(make_run([], stream_mode="updates"),)
    )

    assert find(library, stream_mode="updates").name == "updates"
    assert find(library, stream_mode="values").name == "values"
    assert find(library, stream_mode="custom").name == "updates"


def test_each_request_has_an_order_of_its_own(make_run: MakeRun) -> None:
    library = library_of(
        a=(make_run([], input=1), make_run([], input=2)),
        b=(make_run([], input=1), make_run([], input=2)),
    )

    assert [find(library, input=i).name for i in (1, 2, 1, 2)] == ["a", "a", "b", "b"]


def test_exchanges_with_different_views_are_one_run(make_run: MakeRun) -> None:
    exchanges = (
        make_run([], stream_mode="values"),
        make_run([], stream_mode="updates"),
        make_run([], stream_mode="values", stream_subgraphs=True),
        make_run(b"{}", stream_mode="values"),
    )

    (run,) = library_of(one=exchanges).runs

    assert run.exchanges == exchanges


def test_the_same_view_again_starts_a_new_run(make_run: MakeRun) -> None:
    first, second, third = (make_run([("values", n)], stream_mode="values") for n in range(3))
    updates = make_run([], stream_mode="updates")

    runs = library_of(one=(first, second, updates, third)).runs

    assert [run.exchanges for run in runs] == [(first, updates), (second,), (third,)]


@pytest.mark.parametrize(
    "fault",
    [{"status": 422}, {"end": End.CUT}, {"end": End.STOPPED}, {"end": End.UNKNOWN}],
    ids=str,
)
def test_a_run_that_was_refused_or_cut_short_is_not_served(fault: Json, make_run: MakeRun) -> None:
    library = library_of(bad=(make_run([], **fault),), good=(make_run([], input=1),))

    assert [run.name for run in library.runs] == ["good"]
    assert library.unusable == ["bad"]


def test_a_name_pins_a_recording_whatever_was_asked(make_run: MakeRun) -> None:
    library = library_of(one=(make_run([], input=1),), two=(make_run([], input=2),))

    assert find(library, "two", input=1).name == "two"
    assert find(library, "one", input=3).name == "one"


def test_a_pinned_recording_answers_with_the_run_that_was_asked_for(make_run: MakeRun) -> None:
    library = library_of(both=(make_run([], input=1), make_run([], input=2)))

    asked = [find(library, "both", input=i) for i in (2, 9)]

    assert asked == [library.runs[1], library.runs[0]]


def test_a_pin_consumes_no_step(make_run: MakeRun) -> None:
    library = library_of(first=(make_run([]),), second=(make_run([]),))

    names = [find(library, name).name for name in (None, "first", None)]

    assert names == ["first", "first", "second"]


@pytest.mark.parametrize("name", ["three", "", "../one", "/etc/passwd", "one.jsonl"])
def test_an_unknown_name_is_refused_and_the_known_ones_are_told(
    name: str, make_run: MakeRun
) -> None:
    library = library_of(two=(make_run([], input=2),), one=(make_run([], input=1),))

    with pytest.raises(UnknownRecording) as caught:
        find(library, name)

    assert str(caught.value) == f"No recording is named {name!r}. There are: one, two"


def test_names_never_touch_the_file_system(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = library_of(one=(make_run([], input=1),))

    with monkeypatch.context() as patch:
        for module, function in ((os, "open"), (os, "stat"), (builtins, "open")):
            patch.setattr(module, function, None)
        found = find(library, "one")
        with pytest.raises(UnknownRecording):
            find(library, "../one")

    assert found.name == "one"


def test_a_miss_names_the_nearest_and_where_it_differs_and_how_to_record(
    make_run: MakeRun,
) -> None:
    library = library_of(
        far=(make_run([], input={"a": 5, "b": 6}),), near=(make_run([], input={"a": 1, "b": 2}),)
    )

    with pytest.raises(NoMatch) as caught:
        find(library, input={"a": 1, "b": 3})

    assert caught.value.nearest is library.runs[1]
    assert caught.value.paths == ("input.b: recorded 2, requested 3",)
    assert str(caught.value).splitlines() == [
        "No recording answers this request.",
        "The nearest is 'near', which differs in:",
        "- input.b: recorded 2, requested 3",
        'To record it: graphtape record URL --assistant agent --input \'{"a":1,"b":3}\'',
    ]


def test_the_nearest_is_one_of_the_same_assistant(make_run: MakeRun) -> None:
    library = library_of(
        other=(make_run([], assistant_id="other", input=[1, 2, 3]),),
        same=(make_run([], input=[4, 5, 6]),),
    )

    with pytest.raises(NoMatch) as caught:
        find(library, input=[1, 2, 3])

    assert caught.value.nearest is library.runs[1]


@pytest.mark.parametrize(
    ("count", "last"),
    [
        (MAX_DIFFERENCES, f"- input[{MAX_DIFFERENCES - 1}]: recorded 0, requested 1"),
        (MAX_DIFFERENCES + 2, "- and 2 more"),
    ],
)
def test_only_the_first_differences_are_told(count: int, last: str, make_run: MakeRun) -> None:
    library = library_of(one=(make_run([], input=[0] * count),))

    with pytest.raises(NoMatch) as caught:
        find(library, input=[1] * count)

    assert str(caught.value).splitlines()[-2] == last
    assert len(str(caught.value).splitlines()) <= MAX_DIFFERENCES + 4


def test_without_recordings_a_miss_says_how_to_record() -> None:
    with pytest.raises(NoMatch) as caught:
        find(Library([]), input=1)

    assert caught.value.nearest is None
    assert str(caught.value) == (
        "No recording answers this request.\n"
        "To record it: graphtape record URL --assistant agent --input 1"
    )


def write(path: Path, *exchanges: Exchange) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with RecordingWriter(path) as writer:
        for exchange in exchanges:
            writer.add_exchange(exchange)
    return path


def test_recordings_are_loaded_by_the_names_of_their_files(
    tmp_path: Path, make_run: MakeRun
) -> None:
    write(tmp_path / "agent.jsonl", make_run([("values", 1)]))

    library = load([tmp_path])

    assert [run.name for run in library.runs] == ["agent"]
    assert find(library).exchanges[0].frames == make_run([("values", 1)]).frames


def test_a_broken_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{}\n")

    with pytest.raises(BrokenRecording, match=r"bad\.jsonl:1: "):
        load([tmp_path])


def test_a_look_takes_no_turn(make_run: MakeRun) -> None:
    library = library_of(a=(make_run([]),), b=(make_run([]),))
    form, body = library.runs[0].match_form, {"assistant_id": "agent"}

    looks = [library.peek(form, body).name for _ in range(2)]

    assert (looks, library.used) == (["a", "a"], set())
    assert [find(library).name for _ in range(3)] == ["a", "b", "b"]
    assert library.used == library.names == {"a", "b"}


def test_a_library_begins_again(make_run: MakeRun) -> None:
    library = library_of(a=(make_run([]),), b=(make_run([]),))
    find(library)

    library.restart()

    assert find(library).name == "a"


def test_a_recording_that_changed_keeps_its_place_and_the_library_its_turn(
    tmp_path: Path, make_run: MakeRun
) -> None:
    files = [write(tmp_path / f"{name}.jsonl", make_run([])) for name in "ab"]
    library = load(files)
    find(library)

    changed = library.changed(Recording("b", (make_run([("values", "new")]),)), files[1])
    changed = changed.changed(Recording("c", (make_run([]),)), tmp_path / "c.jsonl")
    found = find(changed)

    assert [recording.name for recording in changed.recordings] == ["a", "b", "c"]
    assert (found.name, b"new" in found.exchanges[0].body) == ("b", True)
    assert changed.used == {"a", "b"}


def test_a_new_recording_hides_none_of_the_same_name(tmp_path: Path, make_run: MakeRun) -> None:
    library = load([write(tmp_path / "billing" / "agent.jsonl", make_run([], input=1))])
    file = tmp_path / "agent.jsonl"

    changed = library.changed(Recording("agent", (make_run([], input=2),)), file)

    assert find(changed, input=1).name == "agent"
    assert find(changed, input=2).name == changed.name_of(file) == f"{tmp_path.name}/agent"


def test_recordings_of_one_name_are_told_apart_by_their_folders(
    tmp_path: Path, make_run: MakeRun
) -> None:
    for number, folder in enumerate(("billing", "search")):
        write(tmp_path / folder / "agent.jsonl", make_run([], input=number))
    write(tmp_path / "search" / "other.jsonl", make_run([], input=2))

    library = load([tmp_path])

    assert library.names == {"billing/agent", "search/agent", "other"}
    assert [find(library, input=n).name for n in (0, 1)] == ["billing/agent", "search/agent"]
    assert find(library, "search/agent", input=0).name == "search/agent"
    assert find(library, "search/other", input=0).name == "other"
    assert library.file_of("billing/agent") == tmp_path / "billing" / "agent.jsonl"


def test_a_pin_that_fits_two_files_is_refused_with_both(tmp_path: Path, make_run: MakeRun) -> None:
    files = [write(tmp_path / name / "agent.jsonl", make_run([])) for name in ("a", "b")]
    library = load([tmp_path])

    with pytest.raises(AmbiguousRecording) as refused:
        find(library, "agent")

    assert refused.value.files == files
    assert all(str(file) in str(refused.value) for file in files)
    with pytest.raises(UnknownRecording):
        find(library, "gent")


def test_a_recording_that_had_its_turn_would_only_be_repeated(make_run: MakeRun) -> None:
    library = library_of(first=(make_run([], input=1),), second=(make_run([], input=1),))
    body = {"assistant_id": "agent", "input": 1}
    form = match_form(body, assistant_key("agent"))
    repeats: list[bool] = []
    for _ in range(3):
        repeats.append(library.repeats(form, body))
        find(library, input=1)

    assert repeats == [False, False, True]
    library.restart()
    assert not library.repeats(form, body)
