"""Merges JSON values from two chunks of one message, as langchain-core does.

Observed on langchain-core 1.7.2 (`utils/_merge.py`, `messages/base.py`): strings are concatenated,
objects merged key by key, lists merged by the `index` of their objects, integers summed.
"""

from typing import TypeAlias

from graphtape_contracts.langchain.partial_json import JsonValue

Object: TypeAlias = dict[str, JsonValue]
Content: TypeAlias = str | list[JsonValue]
"""The content of a message: a string, or a list of strings and content blocks."""

_LAST_WINS = {"index", "created", "timestamp"}
"""Keys with integers that identify or date a chunk: the later value replaces the earlier."""
_WHOLE = {"id", "output_version", "model_provider"}
"""Keys with strings that every chunk repeats: equal strings are not concatenated."""


class NotAddable(ValueError):
    """Two chunks cannot be added. On a real server, the run fails at this point.

    `error` and `message` are the data of the `error` event that ends the run.
    """

    def __init__(self, error: str, message: str) -> None:
        super().__init__(error, message)
        self.error = error
        self.message = message

    def __str__(self) -> str:
        return f"expected two chunks of one message, got {self.error}: {self.message}"


def merge_content(left: Content, right: Content) -> Content:
    """Return the content of *left* followed by that of *right*. Raises NotAddable."""
    if isinstance(left, str):
        return left + right if isinstance(right, str) else [left, *right]
    if isinstance(right, list):
        return merge_lists(left, right)
    if not left or not right:
        return left  # A string after an empty list is lost, as observed.
    last = left[-1]
    return [*left[:-1], last + right] if isinstance(last, str) else [*left, right]


def merge_dicts(left: Object, right: Object) -> Object:
    """Merge two objects. Raises NotAddable if the values of a key cannot be merged."""
    merged = dict(left)
    for key, value in right.items():
        merged[key] = _merge_values(key, merged[key], value) if key in merged else value
    return merged


def merge_lists(left: list[JsonValue], right: list[JsonValue]) -> list[JsonValue]:
    """Return the items of *left* and *right*; those with the same `index` are merged into one."""
    merged = list(left)
    for item in right:
        found = _place(merged, item)
        if found is None:
            merged.append(item)
        else:
            place, old, new = found
            merged[place] = merge_dicts(old, _without_type(old, new))
    return merged


def merge_artifacts(left: JsonValue, right: JsonValue) -> JsonValue:
    """Merge the artifacts, JSON of any type, of two tool messages. Raises NotAddable."""
    if left is None or right is None:
        return right if left is None else left
    if type(left) is not type(right):
        raise NotAddable(
            "TypeError",
            "left and right are of different types. "
            f"Left type:  {type(left)}. Right type: {type(right)}.",
        )
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, dict) and isinstance(right, dict):
        return merge_dicts(left, right)
    if isinstance(left, list) and isinstance(right, list):
        return merge_lists(left, right)
    if left == right:
        return left
    raise NotAddable(
        "ValueError",
        f"Unable to merge {left=} and {right=}. Both must be of type str, dict, or list, "
        "or else be two equal objects.",
    )


def _merge_values(key: str, old: JsonValue, new: JsonValue) -> JsonValue:
    if old is None or new is None:
        return new if old is None else old
    if type(old) is not type(new):
        raise NotAddable(
            "TypeError",
            f'additional_kwargs["{key}"] already exists in this message, '
            "but with a different type.",
        )
    if isinstance(old, str) and isinstance(new, str):
        same = (key == "index" and old.startswith("lc_")) or (key in _WHOLE and old == new)
        return old if same else old + new
    if isinstance(old, dict) and isinstance(new, dict):
        return merge_dicts(old, new)
    if isinstance(old, list) and isinstance(new, list):
        return merge_lists(old, new)
    if old == new:
        return old
    if type(old) is int and type(new) is int:
        return new if key in _LAST_WINS else old + new
    raise NotAddable(
        "TypeError",
        f"Additional kwargs key {key} already exists in left dict and "
        f"value has unsupported type {type(old)}.",
    )


def _place(items: list[JsonValue], new: JsonValue) -> tuple[int, Object, Object] | None:
    """Find the item that *new* continues; return its index, the item and *new*, or None."""
    if not isinstance(new, dict):
        return None
    index = new.get("index")
    if not (isinstance(index, int) or (isinstance(index, str) and index.startswith("lc_"))):
        return None
    for place, old in enumerate(items):
        if isinstance(old, dict) and "index" in old and old["index"] == index:
            ids = old.get("id"), new.get("id")
            if ids[0] == ids[1] or any(id_ in (None, "") for id_ in ids):
                return place, old, new
    return None


def _without_type(old: Object, new: Object) -> Object:
    """Return *new* without its type, which a merge would append to the type of *old*.

    A non-standard block that continues a standard one becomes the `extras` of the standard one.
    """
    value = new.get("value")
    if not (old.get("type") and new.get("type") == "non_standard" and isinstance(value, dict)):
        return {key: item for key, item in new.items() if key != "type"}
    rest: Object = {key: item for key, item in value.items() if key != "type"}
    if old["type"] == "non_standard":
        return {"value": rest, "index": new["index"]}
    return {"extras": rest}
