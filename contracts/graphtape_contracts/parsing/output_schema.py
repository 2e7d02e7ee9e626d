"""Validates outputs against the schema that a deployment advertises for a graph."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from graphtape_contracts.json_value import Json, Path, is_object
from graphtape_contracts.schema import Validator

_OF_THE_SERVER = ("__interrupt__", "__feedback__")

ValidationError = tuple[Path, str]
"""The path of the error in the output, and the validator's message."""


def output_validator(schema: Json) -> Callable[[Any], ValidationError | None]:
    """Return a function that takes an output and returns its first error against *schema*, or None.

    The function ignores keys that the server adds, missing keys of the state (a graph has not
    written all of them before its last step), and an empty object, which means that there is no
    output yet. An invalid schema allows everything; references are never fetched.
    """
    validator = _compile(json.dumps(schema))

    def judge(output: Any) -> ValidationError | None:
        if is_object(output):
            output = {key: value for key, value in output.items() if key not in _OF_THE_SERVER}
            if not output:
                return None
        try:
            for error in validator.iter_errors(output):
                path = tuple(error.absolute_path)
                if path or error.validator != "required":
                    return path, error.message
        except Exception:
            # The fault is in the schema (a regular expression that is not Python's, a broken or
            # circular reference), not in the output.
            return None
        return None

    return judge


@lru_cache(maxsize=64)
def _compile(text: str) -> Validator:
    # Cached: a deployment has few schemas and many outputs, and checking a schema takes a hundred
    # times as long as validating an output.
    from jsonschema import Draft202012Validator, SchemaError
    from jsonschema.validators import validator_for
    from referencing import Registry

    schema: Json = json.loads(text)
    kind = validator_for(schema, Draft202012Validator)
    try:
        kind.check_schema(schema)
    except SchemaError:
        schema = {}
    registry: Registry[Any] = Registry()
    return cast(Validator, kind(schema, registry=registry))
