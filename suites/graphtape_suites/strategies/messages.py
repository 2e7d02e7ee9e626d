"""Strategies for complete messages, and for chat models that stream a message.

Messages are in the form of the Python server (langchain-core 1.7.2); `dialect_data` converts them.
"""

import json
from functools import cache
from itertools import pairwise, zip_longest
from typing import Any

from hypothesis import strategies as st

from graphtape_contracts.json_value import Json, is_list, is_object
from graphtape_suites.strategies.json_values import json_objects, json_values, texts
from graphtape_suites.strategies.model.model_stream import MessagePiece, ModelStream


@cache
def message_ids() -> st.SearchStrategy[str]:
    """Return a strategy for message ids like those of a graph or a model provider."""
    kinds = st.sampled_from(("msg", "resp", "odd id/"))
    return st.one_of(_uuids(), st.builds("{}-{}".format, kinds, _uuids()))


@cache
def _uuids() -> st.SearchStrategy[str]:
    return st.uuids().map(str)


@cache
def _tool_calls() -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(
        {
            "name": st.sampled_from(("weather", "search", "odd name")),
            "args": json_objects(max_size=2),
            "id": _uuids(),
            "type": st.just("tool_call"),
        }
    )


@cache
def _usages() -> st.SearchStrategy[Json | None]:
    def usage(read: int, written: int) -> Json:
        total = read + written
        return {"input_tokens": read, "output_tokens": written, "total_tokens": total}

    return st.none() | st.builds(usage, st.integers(0, 9999), st.integers(0, 9999))


@cache
def messages() -> st.SearchStrategy[Json]:
    """Return a strategy for human, system, AI and tool messages, with or without an `id`."""
    blocks = st.one_of(
        texts().map(lambda text: {"type": "text", "text": text}),
        st.just({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}),
    )
    contents = texts() | st.lists(blocks, max_size=2)

    def kind(name: str, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
        return st.fixed_dictionaries(
            {
                "content": contents,
                "additional_kwargs": json_objects(max_size=1),
                "response_metadata": st.builds(dict[str, Any]),
                "type": st.just(name),
                "name": st.none() | st.sampled_from(("Ann", "weather")),
                "id": st.none() | message_ids(),
                **more,
            }
        )

    return st.one_of(
        kind("human"),
        kind("system"),
        kind(
            "ai",
            tool_calls=st.lists(_tool_calls(), max_size=2),
            invalid_tool_calls=st.builds(list[Json]),
            usage_metadata=_usages(),
        ),
        kind(
            "tool",
            tool_call_id=_uuids(),
            artifact=st.none() | json_values(),
            status=st.sampled_from(("success", "error")),
        ),
    )


@cache
def model_streams(*, marked: bool = True) -> st.SearchStrategy[ModelStream]:
    """Return a strategy for models that stream text, content blocks or tool calls.

    If *marked*, the last chunk has a `chunk_position`.
    """
    finish: st.SearchStrategy[Json] = st.sampled_from(
        ({}, {"finish_reason": "stop", "model_name": "fake-1"})
    )
    return st.builds(
        _model_stream,
        st.one_of(_text_pieces(), _blocks(), _calls()),
        _usages(),
        finish,
        st.none() | message_ids(),
        st.sampled_from((0, 1, 2)),
        st.sampled_from(("whole", "whole", "whole", "unfinished", "silent", "hidden")),
        st.just(marked),
    )


def _model_stream(
    pieces: list[MessagePiece],
    usage: Json | None,
    finish: Json,
    own_id: str | None,
    unnamed: int,
    kind: str,
    marked: bool,
) -> ModelStream:
    finished = kind != "unfinished"
    if finished:
        empty: str | list[Json] = "" if isinstance(pieces[0].content, str) else []
        pieces = [*pieces, MessagePiece(empty, (), usage, finish)]
    named = 1 if unnamed == 2 else len(pieces) - unnamed
    return ModelStream(
        tuple(pieces),
        own_id,
        max(1, named) if own_id else 0,
        finished=finished,
        silent=kind == "silent",
        hidden=kind == "hidden",
        last_is_marked=marked,
    )


@cache
def _text_pieces() -> st.SearchStrategy[list[MessagePiece]]:
    return st.lists(st.builds(MessagePiece, texts()), min_size=1, max_size=5)


@cache
def _blocks() -> st.SearchStrategy[list[MessagePiece]]:
    def pieces(thoughts: list[str], said: list[str]) -> list[MessagePiece]:
        thought = [{"type": "reasoning", "reasoning": text, "index": 0} for text in thoughts]
        spoken = [{"type": "text", "text": text, "index": 1} for text in said]
        return [MessagePiece([block]) for block in (*thought, *spoken)]

    return st.builds(
        pieces, st.lists(texts(), max_size=2), st.lists(texts(), min_size=1, max_size=3)
    )


@cache
def _calls() -> st.SearchStrategy[list[MessagePiece]]:
    lead = st.lists(st.builds(MessagePiece, texts()), max_size=1)
    places = st.lists(st.floats(0, 1), max_size=3)
    calls = st.lists(st.tuples(_tool_calls(), places), min_size=1, max_size=2)
    return st.builds(_call_pieces, lead, calls, st.booleans())


def _call_pieces(
    lead: list[MessagePiece], calls: list[tuple[Json, list[float]]], at_once: bool
) -> list[MessagePiece]:
    """Return the pieces of a message: those in *lead*, then those of each tool call.

    Each call has the places, from 0 (start) to 1 (end), at which its JSON arguments are cut. If
    *at_once*, pieces of different calls alternate.
    """
    parts: list[list[MessagePiece]] = []
    for index, (call, places) in enumerate(calls):
        text = json.dumps(call["args"], ensure_ascii=False)
        edges = [0, *sorted(int(place * len(text)) for place in places), len(text)]
        first = {"name": call["name"], "args": "", "id": call["id"], "index": index}
        rest = [
            {"name": None, "args": text[a:b], "id": None, "index": index}
            for a, b in pairwise(edges)
        ]
        parts.append([MessagePiece("", (piece,)) for piece in (first, *rest)])
    if not at_once:
        return [*lead, *(piece for part in parts for piece in part)]
    turns = zip_longest(*parts)
    return [*lead, *(piece for turn in turns for piece in turn if piece is not None)]


def copied(value: Any, change: dict[str, str | None]) -> Any:
    """Return a copy of *value* in which *change* replaces message ids: old id to new id."""
    if is_list(value):
        return [copied(item, change) for item in value]
    if not is_object(value):
        return value
    inner = {key: copied(item, change) for key, item in value.items()}
    if is_generated_message(inner) and inner.get("id") in change:
        inner["id"] = change[inner["id"]]
    return inner


def is_generated_message(value: object) -> bool:
    """Whether *value* is a message as these strategies draw it."""
    return is_object(value) and "response_metadata" in value


def messages_of(values: Json) -> list[Json]:
    """Return the messages in a state or an update: values that are messages or lists of them."""
    found: list[Json] = []
    for value in values.values():
        found += [
            item for item in (value if is_list(value) else [value]) if is_generated_message(item)
        ]
    return found
