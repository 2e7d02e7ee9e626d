"""The scalars of JSON: each with its path, its place and what it says."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts.json_value import is_list, is_object
from graphtape_mock.redaction.json_leaves import Leaf, NotJson, embedded_leaves, leaves

texts = st.text(st.characters(codec="utf-8"), max_size=8)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def _scalars(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[Any, Any]]:
    if is_object(value):
        return [each for key in value for each in _scalars(value[key], (*path, key))]
    if is_list(value):
        return [each for i, inner in enumerate(value) for each in _scalars(inner, (*path, i))]
    return [(path, value)]


@given(values, st.booleans(), st.sampled_from([None, 2]))
@settings(deadline=None)
def test_every_scalar_is_found_however_the_document_is_written(
    value: Any, ascii_only: bool, indent: int | None
) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()

    found = list(leaves(data))

    assert [(leaf.path, json.loads(data[leaf.start : leaf.end])) for leaf in found] == _scalars(
        value
    )
    assert [leaf.text for leaf in found] == [
        each if isinstance(each, str) else None for _, each in _scalars(value)
    ]
    quoted = [leaf for leaf in embedded_leaves(b"got " + data + b"!") if leaf.path]
    assert [leaf.path for leaf in quoted] == [path for path, _ in _scalars(value) if path]


@given(values, st.data())
@settings(deadline=None)
def test_one_string_can_change_and_every_other_byte_stays(value: Any, data: st.DataObject) -> None:
    document = json.dumps({"a": value, "b": "changed"}).encode()
    leaf = next(leaf for leaf in leaves(document) if leaf.path == ("b",))

    changed = document[: leaf.start] + b'"new"' + document[leaf.end :]

    assert json.loads(changed) == {"a": value, "b": "new"}


@pytest.mark.parametrize(
    ("document", "position"),
    [
        (b"", 0),
        (b"hello", 0),
        (b"{", 1),
        (b'{"a"}', 4),
        (b'{"a":1,}', 7),
        (b"[1,]", 3),
        (b"[1}", 2),
        (b"1 2", 2),
        (b"]", 0),
        (b'"cut', 0),
        (b'{"a" 1}', 4),
        (b"{1:2}", 1),
        (b"{'a': 1}", 1),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(document: bytes, position: int) -> None:
    with pytest.raises(NotJson) as refused:
        list(leaves(document))

    assert refused.value.position == position


def test_a_leaf_knows_the_key_that_is_nearest_around_it() -> None:
    document = b'{"a": [1, {"b": 2}, 3], "c": {}, "d": []}'

    found = [(leaf.path, document[leaf.key_start :][:3]) for leaf in leaves(document)]

    assert found == [(("a", 0), b'"a"'), (("a", 1, "b"), b'"b"'), (("a", 2), b'"a"')]
    assert list(leaves(b"[true]")) == [Leaf((0,), 1, 5, None, -1)]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (rb'"\ud83d"', "\ufffd"),
        (rb'"\u00e9\/\n\"\\"', 'é/\n"\\'),
        (rb'"\q"', "q"),
        (b'"\xff"', "\ufffd"),
    ],
)
def test_a_string_is_read_without_its_escapes(written: bytes, text: str) -> None:
    assert [leaf.text for leaf in leaves(written)] == [text]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"see [1] and {no} or {'a': 'it\\'s', 'b': None}", [((0,), None), (("a",), "it's")]),
        (b'event: x\r\ndata: {\r\ndata:  "a": "b"\r\ndata: }\r\n\r\n', [(("a",), "b")]),
        (b'{"a": ["b", "cut\\n of', [(("a", 0), "b"), (("a", 1), "cut\n of")]),
        (b'{"a": "b", "cu', [(("a",), "b")]),
        (b'{"a": ', []),
        (b"{'\\x41': 'b'}", [(("A",), "b")]),
    ],
)
def test_json_is_found_in_other_text(text: bytes, found: list[Any]) -> None:
    assert [(leaf.path, leaf.text) for leaf in embedded_leaves(text)][: len(found)] == found


@pytest.mark.parametrize("piece", [b"[", b'{"a":', b"\\", b'\\"', b'"', b"{", b'"\\', b"[1,"])
def test_the_work_grows_as_the_text_does(piece: bytes) -> None:
    # A reader that starts again at every quote would need minutes for these.
    assert len(list(embedded_leaves(b'"x' + piece * 50_000))) <= 50_001
