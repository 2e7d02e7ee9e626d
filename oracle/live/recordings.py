"""Records the inputs of the example graphs in two ways: with and without `--exact`."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from run_cases import GRAPHS

from graphtape_mock.cli.record import record

_WAYS = {"exact": ["--exact"], "single": []}


@dataclass(frozen=True, slots=True)
class Recordings:
    """Recordings of every input from one server."""

    folder: Path

    @property
    def url(self) -> str:
        """The URL of the server, which the recordings contain."""
        return (self.folder / "url").read_text()

    @property
    def exact(self) -> Path:
        """The folder of recordings made with `--exact`."""
        return self.folder / "exact"

    @property
    def single(self) -> Path:
        """The folder of recordings of one run each."""
        return self.folder / "single"


def record_all(url: str, folder: Path) -> None:
    """Record every input of the server at *url* in both ways.

    The runs are concurrent, because an idle server takes half a second to start a run.
    """
    (folder / "url").write_text(url)
    commands: list[list[str]] = []
    for way, options in _WAYS.items():
        for given in json.loads((GRAPHS / "inputs.json").read_text()):
            inputs = folder / f"{way}-{given['name']}.json"
            inputs.write_text(json.dumps([given]))
            commands.append([url, "--inputs", str(inputs), "-o", str(folder / way), *options])

    def run(command: list[str]) -> object:
        return record.main(command, standalone_mode=False)

    with ThreadPoolExecutor(len(commands)) as pool:
        codes = list(pool.map(run, commands))
    assert codes == [0] * len(commands)
