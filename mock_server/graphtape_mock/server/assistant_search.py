"""The search of POST /assistants/search."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from graphtape_contracts import Headers
from graphtape_contracts.json_value import Json
from graphtape_mock.server.assistant import Assistant


def matching_assistants(assistants: Iterable[Assistant], body: Json) -> list[Assistant]:
    """Return those of the *assistants* that match *body*, in their order."""
    return [assistant for assistant in assistants if _matches(assistant, body)]


def find_assistants(assistants: Iterable[Assistant], body: Json) -> list[Assistant]:
    """Return those of the *assistants* that match *body*, in the order that it requests."""
    wanted = matching_assistants(assistants, body)
    # Observed: by default newest first, in descending order. Without a field to sort by, the
    # order in the request is ignored.
    by = body.get("sort_by")
    descending = by is None or body.get("sort_order") != "asc"
    return sorted(wanted, key=_sort_key(by or "created_at"), reverse=descending)


def _matches(assistant: Assistant, body: Json) -> bool:
    name = str(assistant.fields.get("name") or "")
    return (
        body.get("graph_id") in (None, assistant.graph_id)
        and str(body.get("name", "")).lower() in name.lower()
        and _contains(assistant.part("metadata"), body.get("metadata", {}))
    )


def _contains(whole: Any, part: Any) -> bool:
    """Return whether *whole* has every key of *part*, at every level; lists must be equal.

    Observed on langgraph-api 0.16.7.
    """
    if isinstance(part, dict) and isinstance(whole, dict):
        items, inside = cast(Json, part).items(), cast(Json, whole)
        return all(key in inside and _contains(inside[key], value) for key, value in items)
    return bool(whole == part)


def _sort_key(field: str) -> Callable[[Assistant], str]:
    def key(assistant: Assistant) -> str:
        value = str(assistant.fields.get(field) or "")
        return value.lower() if field in ("name", "graph_id") else value

    return key


def page(found: list[Assistant], body: Json) -> tuple[list[Json], Headers]:
    """Return the page of *found* that *body* requests, and the pagination headers.

    Observed: if more pages follow, `x-pagination-total` is not the total, but one more than the
    offset of the next page.
    """
    offset, limit = int(body.get("offset", 0)), int(body.get("limit", 10))
    end = offset + limit
    shown = [_select(assistant, body.get("select")) for assistant in found[offset:end]]
    if len(found) > end:
        headers = (("x-pagination-total", str(end + 1)), ("x-pagination-next", str(end)))
        return shown, headers
    return shown, (("x-pagination-total", str(offset + len(shown))),)


def _select(assistant: Assistant, columns: list[str] | None) -> Json:
    if not columns:
        return assistant.fields
    return {name: value for name, value in assistant.fields.items() if name in columns}
