"""A JavaScript validator accepts the OpenAPI documents of the mock."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from environments import run

from graphtape_contracts.json_value import Json
from graphtape_contracts.openapi import VERSIONS, Version, document
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.running import BackgroundServer

# The only validator for Node 20 that supports OpenAPI 3.2.
VALIDATOR = "@seriousme/openapi-schema-validator@2.11.0"

VALIDATE = """
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";

const document = JSON.parse(readFileSync(process.argv[2], "utf8"));
const validator = new Validator();
const { valid, errors } = await validator.validate(document);
console.log(valid ? `valid ${validator.version}` : JSON.stringify(errors));
"""


@pytest.fixture(name="validate")
def _validate(npm_with: Callable[[str], Path], tmp_path: Path) -> Callable[[Json], str]:
    """A function that returns `valid VERSION` for a valid document, or else the errors."""
    program = npm_with(VALIDATOR) / "validate.mjs"
    program.write_text(VALIDATE)
    file = tmp_path / "openapi.json"

    def validate(document: Json) -> str:
        file.write_text(json.dumps(document))
        return run(["node", str(program), str(file)]).strip()

    return validate


@pytest.fixture(name="url", scope="module")
def _url() -> Iterator[str]:
    with BackgroundServer(Mock(load([bundled_recordings()]), ReplayOptions(speed=0))) as server:
        yield server.url


@pytest.mark.parametrize("version", VERSIONS)
def test_the_document_of_the_mock_is_valid(
    validate: Callable[[Json], str], url: str, version: str
) -> None:
    with urlopen(f"{url}/openapi.json?version={version}") as answer:
        served = json.load(answer)

    assert validate(served) == f"valid {version}"


@pytest.mark.parametrize("version", VERSIONS)
def test_an_invalid_document_is_rejected(validate: Callable[[Json], str], version: Version) -> None:
    found = validate(document(version) | {"info": {}})

    assert "must have required property 'title'" in found
