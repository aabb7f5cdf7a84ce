"""OpenAPI 3.0's dialect of JSON Schema, turned into the standard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

Schema = dict[str, Any]
LOCAL = "#/components/schemas/"
MAPS_OF_SCHEMAS = ("properties", "patternProperties")
LISTS_OF_SCHEMAS = ("allOf", "anyOf", "oneOf")
SINGLE_SCHEMAS = ("items", "additionalProperties", "not")
# What validates; the rest (examples, titles, changes to come) would only cost time.
KEPT = frozenset(
    (
        *("type", "enum", "required", "format", "pattern", "multipleOf"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("minLength", "maxLength", "minItems", "maxItems", "uniqueItems"),
        *("minProperties", "maxProperties"),
    )
)


def as_json_schema(schema: Schema, *, refer: Callable[[str], str], is_part: bool = False) -> Schema:
    """Translate ``nullable``, and forbid fields that are not described.

    ``refer`` names the place of another schema; ``is_part`` says that more fields may be
    described elsewhere, in another part of the same whole.
    """
    if "$ref" in schema:
        return {"$ref": refer(schema["$ref"].removeprefix(LOCAL))}

    def inner(value: Any, *, is_part: bool = False) -> Any:  # noqa: ANN401 - true, or a schema
        if not isinstance(value, dict):
            return value
        return as_json_schema(value, refer=refer, is_part=is_part)

    made: Schema = {name: schema[name] for name in KEPT & schema.keys()}
    made |= {name: inner(schema[name]) for name in SINGLE_SCHEMAS if schema.get(name) is not None}
    for name in MAPS_OF_SCHEMAS:
        if name in schema:
            made[name] = {key: inner(value) for key, value in schema[name].items()}
    for name in LISTS_OF_SCHEMAS:
        if name in schema:
            made[name] = [inner(each, is_part=is_part or name == "allOf") for each in schema[name]]
    if "properties" in made and not is_part and "allOf" not in made:
        made.setdefault("additionalProperties", False)
    return _with_null(made) if schema.get("nullable") else made


def _with_null(schema: Schema) -> Schema:
    return {"anyOf": [{"enum": [None]}, schema]}


def references(value: object) -> Iterator[str]:
    """Name the schemas that a part of the description refers to."""
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str) and reference.startswith(LOCAL):
            yield reference.removeprefix(LOCAL)
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def closure(names: Iterable[str], schemas: Mapping[str, Schema]) -> set[str]:
    """Add the schemas that these refer to, and those that those do."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += references(schemas[name])
    return found
