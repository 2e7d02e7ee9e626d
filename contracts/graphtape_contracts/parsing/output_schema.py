"""The output schema that a deployment advertises for a graph."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from graphtape_contracts.json_value import Json, Path, is_object
from graphtape_contracts.schema import Validator

_OF_THE_SERVER = ("__interrupt__", "__feedback__")

ValidationError = tuple[Path, str]
"""Where in an output, and what about it, is not as advertised."""


def output_validator(schema: Json) -> Callable[[Any], ValidationError | None]:
    """Return the function that tells the first thing about an output that *schema* forbids.

    What the server adds is left aside, and so are keys that the state as a whole lacks: before
    its last step a graph has not written all of them. An empty object says that there is no output
    yet, whatever the output would be. A schema that cannot be used forbids nothing; nothing is
    fetched from where it points to.
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
            # Whatever is wrong with the schema (a pattern of another language, a reference to
            # nowhere, a circle), it is not wrong with the output.
            return None
        return None

    return judge


@lru_cache(maxsize=64)
def _compile(text: str) -> Validator:
    # A session judges many answers by the few schemas of one deployment, and to check a schema
    # takes a hundred times as long as to judge an output by it.
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
