"""Masks ids and times, which differ between runs of a request.

Each id is replaced with a number in order of first appearance, so two masked texts are equal only
if their ids repeat at the same places.
"""

import re
import time
from collections.abc import Collection

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ID = re.compile(rf"{UUID}|(?<![0-9a-f])[0-9a-f]{{32}}(?![0-9a-f])")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")
_START = re.compile(r'(?<="__request_start_time_ms__":)\d+')
_EVENT_ID = re.compile(r"(?m)^id: \d{13}-0\r$")
_DAY = 86_400.0


class Mask:
    """Masks the texts of one response. Call `hide` with the texts in order."""

    def __init__(self, kept: Collection[str] = (), *, numbered: bool = True) -> None:
        """Do not mask the ids in *kept*. Unless *numbered*, all ids get the same mask."""
        self._names: dict[str, str] = {id_: id_ for id_ in kept}
        self._numbered = numbered

    def hide(self, text: str) -> str:
        """Return *text* with its ids and times masked."""
        text = ID.sub(self._name, text)
        text = _EVENT_ID.sub("id: <milliseconds>-0\r", text)
        text = _START.sub("<milliseconds>", text)
        return _TIME.sub("<time>", text)

    def _name(self, match: re.Match[str]) -> str:
        id_ = match.group()
        if id_ not in self._names:
            number = f" {len(self._names)}" if self._numbered else ""
            self._names[id_] = f"<{_form(id_)}{number}>"
        return self._names[id_]


def _form(id_: str) -> str:
    """Return the form of an id: `hex`, `uuid`, or `uuid7` for a version 7 with a recent time.

    The digit of the version is not enough: a task id is a hash in the form of a UUID, and may have
    any digit in that place.
    """
    if "-" not in id_:
        return "hex"
    seconds = int(id_.replace("-", "")[:12], 16) / 1000
    recent = abs(time.time() - seconds) < _DAY
    return "uuid7" if id_[14] == "7" and recent else "uuid"
