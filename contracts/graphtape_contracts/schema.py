"""The JSON Schemas of requests and responses, compiled on first use.

A schema is identified by its file name in `schemas/`. Files are read and jsonschema is imported
only when a schema is needed, so that a server that validates nothing starts fast.
"""

import json
import pathlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Protocol, cast

from graphtape_contracts.json_value import Path, show

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from referencing import Registry


class Validator(Protocol):
    """A compiled schema, reduced to the one method of jsonschema's validators that is used."""

    def iter_errors(self, instance: Any) -> "Iterator[ValidationError]":
        """Yield the errors of *instance* against the schema."""
        ...


@dataclass(frozen=True, slots=True)
class SchemaError:
    """The first error of a value against a schema."""

    keyword: str
    """The violated keyword of the schema, such as `type`."""
    allowed: Any
    """The value of the keyword, such as `"string"`."""
    instance_path: Path
    schema_path: Path
    """The path in the schema to the object that contains the keyword."""
    message: str
    instance: Any

    def __str__(self) -> str:
        """Return the message in the layout of langgraph-api 0.16.7."""
        return (
            f"{self.message}\n\n"
            f"Failed validating {json.dumps(self.keyword)} in schema{_subscript(self.schema_path)}"
            f"\n\nOn instance{_subscript(self.instance_path)}:\n    {show(self.instance)}"
        )


def folder() -> pathlib.Path:
    """Return the folder of the schemas, for tools that read files."""
    return pathlib.Path(__file__).parent / "schemas"


def names() -> list[str]:
    """Return the file names of all schemas."""
    files = resources.files("graphtape_contracts") / "schemas"
    return sorted(file.name for file in files.iterdir() if file.name.endswith(".json"))


@cache
def load(name: str) -> dict[str, Any]:
    """Return the schema in the file *name*. It is cached and shared: do not modify it."""
    file = resources.files("graphtape_contracts") / "schemas" / name
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schema


@cache
def registry() -> "Registry[Any]":
    """Return the registry of all schemas, which resolves the references between them."""
    from referencing import Registry, Resource

    schemas = (load(name) for name in names())
    empty: Registry[Any] = Registry()
    return empty.with_resources(
        (schema["$id"], Resource[Any].from_contents(schema)) for schema in schemas
    )


@cache
def validator(name: str) -> "Validator":
    """Return the validator of the schema in the file *name*."""
    from jsonschema import Draft202012Validator

    return cast(Validator, Draft202012Validator(load(name), registry=registry()))


def first_error(name: str, instance: Any) -> SchemaError | None:
    """Return the first error of *instance* against the schema in the file *name*, or None."""
    error = next(iter(validator(name).iter_errors(instance)), None)
    return None if error is None else _describe(error)


def _describe(error: "ValidationError") -> SchemaError:
    keyword = str(error.validator)
    message_for = _MESSAGES.get(keyword)
    return SchemaError(
        keyword,
        error.validator_value,
        tuple(error.absolute_path),
        tuple(error.absolute_schema_path)[:-1],
        message_for(error.instance, error.validator_value) if message_for else error.message,
        error.instance,
    )


# Error messages by keyword. jsonschema's own messages show values as Python, not as JSON.
_MESSAGES: dict[str, Callable[[Any, Any], str]] = {
    "type": lambda value, types: f"{show(value)} is not of type {_either(types)}",
    "enum": lambda value, values: f"{show(value)} is not one of {_either(values)}",
    "required": lambda value, keys: f"{show(_missing(value, keys))} is a required property",
    "pattern": lambda value, pattern: f'{show(value)} does not match "{pattern}"',
    "minItems": lambda value, least: f"{show(value)} has less than {_count(least, 'item')}",
    "minLength": lambda value, least: f"{show(value)} is shorter than {_count(least, 'character')}",
    "maxLength": lambda value, most: f"{show(value)} is longer than {_count(most, 'character')}",
    "minimum": lambda value, least: f"{show(value)} is less than the minimum of {least}",
    "maximum": lambda value, most: f"{show(value)} is greater than the maximum of {most}",
    "anyOf": lambda value, _: f"{show(value)} is valid under none of the schemas of 'anyOf'",
    "oneOf": lambda value, _: f"{show(value)} is not valid under exactly one schema of 'oneOf'",
}


def _either(values: Any) -> str:
    several = cast(list[object], values) if isinstance(values, list) else [values]
    *first, last = map(show, several)
    return f"{', '.join(first)} or {last}" if first else last


def _missing(value: dict[str, Any], keys: list[str]) -> str:
    return next(key for key in keys if key not in value)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _subscript(path: Path) -> str:
    return "".join(f"[{show(part)}]" for part in path)
