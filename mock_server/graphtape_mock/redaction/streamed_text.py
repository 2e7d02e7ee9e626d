"""Finds the pieces of streamed text in a frame, which continue pieces in earlier frames.

A model streams its text token by token: as `messages` (a chunk and its metadata), as `events`, as
custom data, or as `messages/partial`, where each frame repeats all the text before it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from graphtape_contracts import Frame
from graphtape_mock.redaction.json_leaves import Leaf, Path, embedded_leaves
from graphtape_mock.redaction.json_places import inner_end
from graphtape_mock.redaction.plain_text import PlainText, Span

_TEXT_KEYS = frozenset(
    "args arguments chunk content data delta input json output partial_json reasoning"
    " reasoning_content refusal summary text thinking token".split()
)
"""The last key of a text that a model streams; a chunk has others, such as its id and its type."""


class TextKey(NamedTuple):
    """The properties that all pieces of one text share."""

    event: str
    """The name and namespace of the event."""
    message: str
    """The id of the message or of the run."""
    path: Path
    """The path of the text in the data; all text blocks of a content are one text."""
    grows: bool
    """Whether each piece repeats the text before it, as in `messages/partial`."""


class Piece(NamedTuple):
    """A piece of a text, in one frame."""

    key: TextKey
    text: bytes
    segments: tuple[tuple[int, PlainText], ...]
    """The strings that make up the piece, each with its offset in `text`."""

    def written(self, start: int, end: int) -> Iterator[Span]:
        """Yield the spans in the frame's bytes of the part of `text` from *start* to *end*."""
        for offset, plain in self.segments:
            first, last = max(start - offset, 0), min(end - offset, len(plain.data))
            if first < last:
                yield plain.span(first, last)


def pieces_of(frame: Frame) -> list[Piece]:
    """Return the pieces of streamed text in *frame*, in their order."""
    if frame.event is None or frame.data is None:
        return []
    kind = frame.event.partition("|")[0]
    if kind not in _KINDS:
        return []
    leaves = list(embedded_leaves(frame.raw))
    root = PlainText.of(frame.raw)
    segments: dict[TextKey, list[PlainText]] = {}
    for key, leaf in _KINDS[kind](frame.event, leaves, frame.raw):
        segments.setdefault(key, []).append(root.string(leaf.start + 1, inner_end(leaf, frame.raw)))
    return [_piece(key, strings) for key, strings in segments.items()]


def _piece(key: TextKey, strings: list[PlainText]) -> Piece:
    placed: list[tuple[int, PlainText]] = []
    length = 0
    for plain in strings:
        placed.append((length, plain))
        length += len(plain.data)
    return Piece(key, b"".join(plain.data for plain in strings), tuple(placed))


def _chunks(event: str, leaves: list[Leaf], raw: bytes) -> Iterator[tuple[TextKey, Leaf]]:
    """Yield the texts of a message chunk, which comes with its metadata."""
    texts = _texts(leaves)
    indexes = _indexes(leaves, raw)
    for leaf in leaves:
        if leaf.path[:1] == (0,) and leaf.text and leaf.path[-1] in _TEXT_KEYS:
            yield (
                TextKey(event, texts.get((0, "id"), ""), _place(leaf.path, indexes), grows=False),
                leaf,
            )


def _partials(event: str, leaves: list[Leaf], raw: bytes) -> Iterator[tuple[TextKey, Leaf]]:
    """Yield the texts of messages that are repeated as they grow."""
    event = event.replace("/complete", "/partial", 1)
    texts = _texts(leaves)
    indexes = _indexes(leaves, raw)
    for leaf in leaves:
        if len(leaf.path) > 1 and leaf.text and leaf.path[-1] in _TEXT_KEYS:
            message = texts.get((leaf.path[0], "id"), "")
            yield TextKey(event, message, _place(leaf.path, indexes)[1:], grows=True), leaf


def _engine_events(event: str, leaves: list[Leaf], raw: bytes) -> Iterator[tuple[TextKey, Leaf]]:
    """Yield the texts of the chunk in an event such as `on_chat_model_stream`."""
    texts = _texts(leaves)
    if not texts.get(("event",), "").endswith("_stream"):
        return
    indexes = _indexes(leaves, raw)
    for leaf in leaves:
        if leaf.path[:1] == ("data",) and leaf.text and leaf.path[-1] in _TEXT_KEYS:
            yield (
                TextKey(event, texts.get(("run_id",), ""), _place(leaf.path, indexes), grows=False),
                leaf,
            )


def _custom(event: str, leaves: list[Leaf], raw: bytes) -> Iterator[tuple[TextKey, Leaf]]:
    """Yield all texts of custom data, once for each way in which a text may continue."""
    texts = _texts(leaves)
    indexes = _indexes(leaves, raw)
    for leaf in leaves:
        if leaf.text:
            path = _place(leaf.path, indexes)
            ids = (texts.get((*leaf.path[:length], "id")) for length in range(len(leaf.path)))
            for message in {"", next(filter(None, ids), "")}:
                yield TextKey(event, message, path, grows=False), leaf
                yield TextKey(event, message, path, grows=True), leaf


_KINDS = {
    "messages": _chunks,
    "messages/partial": _partials,
    "messages/complete": _partials,
    "events": _engine_events,
    "custom": _custom,
}


def _texts(leaves: list[Leaf]) -> dict[Path, str]:
    return {leaf.path: leaf.text for leaf in leaves if leaf.text is not None}


def _indexes(leaves: list[Leaf], raw: bytes) -> dict[Path, int | str]:
    """Return the `index` of each block that has one, by the path of the block."""
    return {
        leaf.path[:-1]: raw[leaf.start : leaf.end].decode("utf-8", "replace")
        for leaf in leaves
        if leaf.path and leaf.path[-1] == "index"
    }


def _place(path: Path, indexes: dict[Path, int | str]) -> Path:
    """Return *path* in a form that is the same in each chunk of a message.

    A chunk has only the blocks that continue, so positions differ. All text of a content gets one
    path; another block is identified by its `index`, if it has one.
    """
    if path[-1:] == ("text",) and "content" in path:
        return path[: path.index("content") + 1]
    return tuple(indexes.get(path[: depth + 1], step) for depth, step in enumerate(path))
