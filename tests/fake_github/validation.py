"""Does what goes over the wire agree with what GitHub says of itself?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.fake_github import rest
from tests.fake_github.description import find_description

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema_rs import Draft4Validator, ValidationError

    from tests.fake_github.description import Description, Operation
    from tests.fake_github.exchange import Answer, Call
    from tests.fake_github.json_schema import Schema
    from tests.fake_github.present import Json

# Any operation can answer so, whether its description lists it or not.
EVERYWHERE = frozenset({301, 304, 307, 400, 401, 403, 404, 410, 422, 429})
TEMPLATES = tuple(sorted({name.partition(" ")[2] for name in rest.ROUTES}))


class DescriptionError(AssertionError):
    """Requests or answers were not as GitHub describes them."""


def find_deviations(call: Call, answer: Answer) -> list[str]:
    """Compare a call and its answer with GitHub's description; nothing where that is not there."""
    description = find_description(TEMPLATES)
    if description is None or call.path == "/graphql":
        return []
    name = f"{call.method} {call.path}"
    found = rest.match(call.method, call.path)
    key = f"{call.method} {found.template}" if found else ""
    operation = description.operations.get(key)
    if operation is None:
        return [f"{name}: GitHub describes no such operation, or the fake lacks it"]
    deviations = [*_in_request(call, operation), *_in_answer(answer, operation, description)]
    return [f"{name} → {answer.status}: {deviation}" for deviation in deviations]


def find_event_deviations(event: Json) -> list[str]:
    """Compare the payload of an event ``issues`` with GitHub's description, if that is there."""
    description = find_description(TEMPLATES)
    if description is None:
        return []
    validator = description.event(event["action"])
    return list(_errors(validator, event, f"event {event['action']}"))


def _in_request(call: Call, operation: Operation) -> Iterator[str]:
    for name, text in call.query.items():
        if name == "after" and call.store.pages_by_cursor:
            continue  # from a link of GitHub's own, which its description does not have
        if name not in operation.parameters:
            yield f"there is no parameter {name}"
            continue
        schema, validator = operation.parameters[name]
        yield from _errors(validator, _value(text, schema), f"parameter {name}")
    for name in sorted(operation.required - call.query.keys()):
        yield f"parameter {name} is missing"
    if call.body and operation.request is None:
        yield "the request should have no body"
    elif call.body and operation.request:
        yield from _json_errors(operation.request, call.body, "request")


def _in_answer(answer: Answer, operation: Operation, description: Description) -> Iterator[str]:
    if answer.status in operation.statuses:
        validator = operation.answer(answer.status)
    elif answer.status in EVERYWHERE:
        validator = None if answer.status == 304 else description.error
    else:
        yield "GitHub does not answer so"
        return
    body = answer.body()
    if validator:
        yield from _json_errors(validator, body, "answer")
    elif body:
        yield "the answer should have no body"


def _json_errors(validator: Draft4Validator, body: bytes, where: str) -> Iterator[str]:
    try:
        value = json.loads(body)
    except ValueError:
        yield f"{where}: not JSON"
        return
    yield from _errors(validator, value, where)


def _errors(validator: Draft4Validator, value: Any, where: str) -> Iterator[str]:  # noqa: ANN401
    for error in validator.iter_errors(value):
        for reason in _reasons(error):
            place = "/".join(map(str, reason.instance_path))
            yield f"{where} {place}: {reason.message}".replace(" :", ":")


def _reasons(error: ValidationError) -> Iterator[ValidationError]:
    """Look into the choice that came closest to fitting, where none of several fits."""
    choices = getattr(error.kind, "context", None)
    if not choices:
        yield error
        return
    for each in min(choices, key=lambda errors: sum(1 / len(e.instance_path) for e in errors)):
        yield from _reasons(each)


def _value(text: str, schema: Schema) -> Any:  # noqa: ANN401 - whatever JSON the text stands for
    """Read a query's text as the type that is described."""
    kind = schema.get("type")
    try:
        if kind in {"integer", "number", "boolean"}:
            return json.loads(text)
    except ValueError:
        return text
    return text
