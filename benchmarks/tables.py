from typing import NamedTuple
class Row(NamedTuple):
    name: str
    values: dict[str, float]
def write() -> None: ...
