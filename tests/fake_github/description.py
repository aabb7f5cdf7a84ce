"""GitHub's own description of its REST API, where the test setup has fetched it.

``make test`` does that where npm is there; see ``GITHUB_DESCRIPTION`` in the Makefile.
"""

from __future__ import annotations

import json
import sys
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jsonschema_rs import Draft4, Draft4Validator, Registry

from tests.fake_github.json_schema import Schema, as_json_schema, closure, references

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(sys.prefix) / "github-description"
REST_FILE = FOLDER / "api.github.com.json"
DOCUMENT = "https://api.github.com/description"
JSON = "application/json"
ERROR = "basic-error"
EVENTS = "issues-"
# What GitHub sends, but describes elsewhere alone: why an issue was closed stands in the timeline,
# the status in the body of all other errors.
FORGOTTEN_EVENT = ("issue-event-for-issue", "state-change-issue-event")
FORGOTTEN_FIELDS = {
    "issue-event": "state_reason",
    "validation-error": "status",
    "validation-error-simple": "status",
}


class Operation:
    """What GitHub says of one method and path."""

    def __init__(self, description: Description, said: Schema) -> None:
        self._description = description
        self._said = said
        self._answers: dict[int, Draft4Validator | None] = {}

    @cached_property
    def parameters(self) -> dict[str, tuple[Schema, Draft4Validator]]:
        """Query parameters by name, as described and as a validator."""
        resolved = map(self._description.resolve, self._said.get("parameters", []))
        schemas = {each["name"]: each["schema"] for each in resolved if each["in"] == "query"}
        return {name: (each, self._description.compile(each)) for name, each in schemas.items()}

    @cached_property
    def required(self) -> set[str]:
        """Query parameters that must be there."""
        resolved = map(self._description.resolve, self._said.get("parameters", []))
        return {each["name"] for each in resolved if each["in"] == "query" and each.get("required")}

    @cached_property
    def statuses(self) -> set[int]:
        """What the operation may answer."""
        return set(map(int, self._said["responses"]))

    @cached_property
    def request(self) -> Draft4Validator | None:
        """The validator of the body; None if there should be none."""
        return self._description.validator(self._said.get("requestBody", {}))

    def answer(self, status: int) -> Draft4Validator | None:
        """Find the validator of an answer's body; None if there should be none."""
        if status not in self._answers:
            said = self._said["responses"][str(status)]
            self._answers[status] = self._description.validator(said)
        return self._answers[status]


class Description:
    """The operations on ``templates``; all else in the document's 13 MB is left alone."""

    def __init__(self, document: Schema, templates: Iterable[str]) -> None:
        self._components: Schema = document["components"]
        self._paths: Schema = {each: document["paths"].get(each, {}) for each in templates}
        self._events: Schema = {
            name.removeprefix(EVENTS): said["post"]["requestBody"]
            for name, said in document["x-webhooks"].items()
            if name.startswith(EVENTS)
        }
        self._add_forgotten()
        self.operations = {
            f"{method.upper()} {template}": Operation(self, said)
            for template, methods in self._paths.items()
            for method, said in methods.items()
        }

    def resolve(self, value: Schema) -> Schema:
        """Follow a reference to a shared answer or parameter."""
        if "$ref" not in value:
            return value
        _, _, kind, name = value["$ref"].split("/")
        found: Schema = self._components[kind][name]
        return found

    def validator(self, holder: Schema) -> Draft4Validator | None:
        """Make the validator of what an answer or a request holds."""
        schema = self.resolve(holder).get("content", {}).get(JSON, {}).get("schema")
        return self.compile(schema) if schema else None

    def compile(self, schema: Schema) -> Draft4Validator:
        """Make the validator of a schema that may refer to the shared ones."""
        absolute = as_json_schema(schema, refer=lambda name: f"{DOCUMENT}#/definitions/{name}")
        return Draft4Validator(
            absolute, registry=self._registry, validate_formats=True, mask="value"
        )

    def event(self, action: str) -> Draft4Validator:
        """Make the validator of the payload of an event ``issues``; KeyError if there is none."""
        validator = self.validator(self._events[action])
        assert validator
        return validator

    @cached_property
    def error(self) -> Draft4Validator:
        """The validator of errors that an operation does not speak of, for all can have them."""
        return self.compile({"$ref": f"#/components/schemas/{ERROR}"})

    @cached_property
    def _registry(self) -> Registry:
        schemas = self._components["schemas"]
        shared = [self._components["responses"], self._components["parameters"]]
        needed = closure([ERROR, *references([self._paths, self._events, *shared])], schemas)
        definitions = {
            name: as_json_schema(schemas[name], refer=lambda other: f"#/definitions/{other}")
            for name in needed
        }
        return Registry([(DOCUMENT, {"definitions": definitions})], draft=Draft4)

    def _add_forgotten(self) -> None:
        schemas = self._components["schemas"]
        events, event = FORGOTTEN_EVENT
        schemas[events]["anyOf"].append({"$ref": f"#/components/schemas/{event}"})
        for name, field in FORGOTTEN_FIELDS.items():
            schemas[name]["properties"][field] = {"type": "string", "nullable": True}


@cache
def find_description(templates: tuple[str, ...]) -> Description | None:
    """Read the description once in a process; None where it has not been fetched."""
    if not REST_FILE.is_file():
        return None
    return Description(json.loads(REST_FILE.read_bytes()), templates)
