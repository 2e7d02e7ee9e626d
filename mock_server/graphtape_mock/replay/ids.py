"""The ids in a recorded run, and fresh ids to replace them.

A server makes new ids for every run: of the run, its thread, its tasks, its messages and its
interrupts. A recorded id is replaced wherever it appears, so a response stays consistent; ids
chosen by the client are returned unchanged.
"""

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from graphtape_contracts import Exchange
from graphtape_contracts.json_value import Json, is_list, is_object, objects_in
from graphtape_contracts.langchain.messages import is_message, messages_in
from graphtape_mock.replay.recorded_event import event_of

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ANY_ID = re.compile(rf"{UUID.pattern}|(?<![0-9a-f])[0-9a-f]{{32}}(?![0-9a-f])")

_ID_KEYS = frozenset(
    (
        "run_id",
        "thread_id",
        "checkpoint_id",
        "parent_ids",
        "parent_run_id",
        "checkpoint_ns",
        "langgraph_checkpoint_ns",
    )
)
_TASK_KEYS = frozenset(("triggers", "result"))
_RUN_PATH = re.compile(rf"(?:/threads/(?P<thread>{UUID.pattern}))?/runs/(?P<run>{UUID.pattern})")


def recorded_ids(exchange: Exchange) -> dict[str, str]:
    """Return the ids that the server made for the run of *exchange*, each with its kind.

    Keys are UUIDs or 32 hex digits; values are `run`, `thread` or `other`. Excludes the ids of
    assistants, and ids that appear only in the output of the graph (any text or data).
    """
    ids: dict[str, str] = {}
    for name in ("location", "content-location"):
        if match := _RUN_PATH.search(exchange.response.header(name) or ""):
            ids[match["run"]] = "run"
            if match["thread"]:
                ids[match["thread"]] = "thread"
    for frame in exchange.frames:
        event = event_of(frame)
        if event is None:
            continue
        for id_ in UUID.findall(event.namespace):
            ids.setdefault(id_, "other")
        if event.name == "metadata" and is_object(event.data):
            ids[str(event.data.get("run_id"))] = "run"
        for found in objects_in(event.data):
            _collect(found, ids)
    return {id_: of for id_, of in ids.items() if ANY_ID.fullmatch(id_)}


def _collect(found: Json, ids: dict[str, str]) -> None:
    for key in _ID_KEYS & found.keys():
        of = "thread" if key == "thread_id" else "other"
        for id_ in UUID.findall(_text(found[key])):
            if of == "thread" or id_ not in ids:
                ids[id_] = of
    own = found.get("id")
    if not isinstance(own, str):
        return
    is_task = "name" in found and not _TASK_KEYS.isdisjoint(found)
    is_interrupt = "value" in found and len(own) == 32
    if is_message(found) or is_task or is_interrupt:
        for id_ in ANY_ID.findall(own):
            ids.setdefault(id_, "other")


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if is_list(value) else str(value)


_ROLES = {"user": "human", "assistant": "ai"}


def message_kind(message: Json) -> str:
    """Return the type of a message from a client, such as `human` for the role `user`."""
    kind = str(message.get("type") or message.get("role") or "")
    return _ROLES.get(kind, kind)


def sent_messages(body: Json) -> Iterator[Json]:
    """Yield the messages in the input of a run request, in their order."""
    for found in objects_in(body.get("input")):
        if "content" in found and ("role" in found or "type" in found) and message_kind(found):
            yield found


def sent_message_ids(exchange: Exchange, body: Json) -> list[str | None]:
    """Return the id that each message of the request *body* has in the response.

    If the client sent no id, the server made one, which is found by the type and content of the
    message; None if no message in the response has both.
    """
    sent = list(sent_messages(body))
    if not sent:
        return []
    received = list(_received_messages(exchange))
    found: list[str | None] = []
    for message in sent:
        own = message.get("id")
        if isinstance(own, str):
            found.append(own)
            continue
        wanted = (message_kind(message), message["content"])
        place = next((i for i, (_, *is_) in enumerate(received) if tuple(is_) == wanted), None)
        found.append(None if place is None else received.pop(place)[0])
    return found


def _received_messages(exchange: Exchange) -> Iterator[tuple[str, str, Any]]:
    seen: set[str] = set()
    for frame in exchange.frames:
        event = event_of(frame)
        for message in messages_in(event.data) if event else ():
            id_ = message["id"]
            if isinstance(id_, str) and id_ not in seen:
                seen.add(id_)
                yield id_, message["type"], message["content"]


_RANDOM_UUID = "00000000-0000-4000-8000-000000000000"


class _Form(NamedTuple):
    """The digits and lengths that fresh ids take from the recorded ones."""

    versions: bytes
    """The 13th hex digit of each UUID, its version (RFC 9562)."""
    variants: bytes
    """The 17th hex digit of each UUID, which starts with its variant."""
    timed: list[int]
    """Slots of UUIDs of version 7, which start with 48 bits of Unix milliseconds."""
    plain: list[int]
    """Slots of ids of 32 digits without dashes."""


@lru_cache
def _form_of(recorded: tuple[str, ...]) -> _Form:
    uuids = [id_ if UUID.fullmatch(id_) else _RANDOM_UUID for id_ in recorded]
    # The id of a task is a hash, whose version digit may be 7 by chance. An id counts as timed
    # only if its first four digits, which change every 50 days, are those of the run id.
    period = recorded[0][:4] if recorded and recorded[0][14:15] == "7" else ""
    return _Form(
        "".join(id_[14] for id_ in uuids).encode(),
        "".join(id_[19] for id_ in uuids).encode(),
        [slot for slot, id_ in enumerate(uuids) if id_[14] == "7" and id_.startswith(period)],
        [slot for slot, id_ in enumerate(recorded) if len(id_) == 32 and ANY_ID.fullmatch(id_)],
    )


class IdSource:
    """Makes fresh ids of the form of recorded ones: same version, same length.

    With a *seed*, the same requests in the same order get the same ids, on any day.
    """

    def __init__(self, seed: int | None = None, *, now: Callable[[], float] = time.time) -> None:
        self._random = random.Random(seed)
        self._seeded = seed is not None
        self._now = now

    def fresh(self, recorded: Sequence[str]) -> list[bytes]:
        """Return a fresh id for each of *recorded*, whose first item is the id of the run.

        An id that is neither a UUID nor 32 hex digits came from a client; it is replaced by a
        random UUID, like the one that a server gives a message without an id.
        """
        count = len(recorded)
        form = _form_of(tuple(recorded))
        # All ids are made at once, in one buffer with 36 characters each: making them one by one
        # would take most of the time of a response.
        text = bytearray(self._random.randbytes(18 * count).hex().encode())
        for place in (8, 13, 18, 23):
            text[place::36] = b"-" * count
        text[14::36] = form.versions
        text[19::36] = form.variants
        made = [bytes(text[start : start + 36]) for start in range(0, 36 * count, 36)]
        digits = f"{int(self._now() * 1000):012x}"
        for slot in form.timed:
            time_ = recorded[slot][:13] if self._seeded else f"{digits[:8]}-{digits[8:]}"
            made[slot] = time_.encode() + made[slot][13:]
        for slot in form.plain:
            made[slot] = made[slot].replace(b"-", b"")
        return made

    def random_id(self) -> str:
        """Return a fresh random UUID, which has version 4."""
        return self.fresh([_RANDOM_UUID])[0].decode()

    def run_id(self) -> str:
        """Return a fresh id of a run or a thread: a UUID of version 7."""
        return self.fresh(["01a20000-0000-7000-8000-000000000000"])[0].decode()
