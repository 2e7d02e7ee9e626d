"""The JSON Schemas of the messages, compiled on first use.

A schema is known by its file name in `schemas/`. Nothing is read and jsonschema is not imported
before a schema is asked for, so that a server which validates nothing starts fast.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError
    from referencing import Registry

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class SchemaError:
    """The first thing about a value that a schema does not allow."""

    keyword: str
    instance_path: Path
    schema_path: Path
    """Where the schema of the value is, without the keyword."""
    message: str
    instance: Any

    def __str__(self) -> str:
        """Say it in the layout of langgraph-api 0.16.7."""
        return (
            f"{self.message}\n\n"
            f"Failed validating {json.dumps(self.keyword)} in schema{_subscript(self.schema_path)}"
            f"\n\nOn instance{_subscript(self.instance_path)}:\n    {show(self.instance)}"
        )


def names() -> list[str]:
    """Return the file names of all schemas."""
    folder = resources.files("understudy_contracts") / "schemas"
    return sorted(file.name for file in folder.iterdir() if file.name.endswith(".json"))


@cache
def load(name: str) -> dict[str, Any]:
    """Return the schema in the file *name*; it is shared, so leave it as it is."""
    file = resources.files("understudy_contracts") / "schemas" / name
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return schema


@cache
def registry() -> "Registry[Any]":
    """Return all schemas, to find what they refer to."""
    from referencing import Registry, Resource

    schemas = (load(name) for name in names())
    empty: Registry[Any] = Registry()
    return empty.with_resources(
        (schema["$id"], Resource[Any].from_contents(schema)) for schema in schemas
    )


@cache
def validator(name: str) -> "Draft202012Validator":
    """Return the validator of the schema in the file *name*."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(load(name), registry=registry())


def first_error(name: str, instance: Any) -> SchemaError | None:
    """Return the first thing about *instance* that the schema *name* does not allow, or None."""
    error = next(iter(validator(name).iter_errors(instance)), None)
    return None if error is None else _describe(error)


def _describe(error: "ValidationError") -> SchemaError:
    keyword = str(error.validator)
    return SchemaError(
        keyword,
        tuple(error.absolute_path),
        tuple(error.absolute_schema_path)[:-1],
        _message(keyword, error.instance, error.validator_value) or error.message,
        error.instance,
    )


def _message(keyword: str, instance: Any, expected: Any) -> str | None:
    """Say what is wrong in words of JSON; None for a keyword that has no words of its own."""
    match keyword:
        case "type":
            types = [expected] if isinstance(expected, str) else expected
            return f"{show(instance)} is not of type {_either(types)}"
        case "enum":
            return f"{show(instance)} is not one of {_either(expected)}"
        case "required":
            missing = next(name for name in expected if name not in instance)
            return f"{show(missing)} is a required property"
        case "pattern":
            return f"{show(instance)} does not match {show(expected)}"
        case "anyOf" | "oneOf":
            return f"{show(instance)} is not valid under any of the schemas of '{keyword}'"
        case _:
            return None


def show(value: Any) -> str:
    """Return *value* as compact JSON with sorted keys, as far as it can be written down."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    except RecursionError:
        return "(nested too deeply to show)"


def _either(values: list[Any]) -> str:
    *first, last = map(show, values)
    return f"{', '.join(first)} or {last}" if first else last


def _subscript(path: Path) -> str:
    return "".join(f"[{show(part)}]" for part in path)
