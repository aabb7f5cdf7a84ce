"""The OpenAPI description is true to life, as schemathesis finds, whatever it asks."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from classifier.web.app import create_app
from classifier.web.problems import is_for_programs
from classifier.web.scoring import ScoringService
from classifier.web.security.limits import Rates
from classifier.web.settings import Settings
from classifier.web.store.arrivals import Arrival, upsert
from classifier.web.store.engine import session
from tests.web.conftest import NOW
from tests.web.fixed_model import fixed_model
from tests.web.loopback import serving
from tests.web.serving import wait_until

EXAMPLES = 15  # of each operation, allowed and forbidden
OPERATIONS = (
    ("POST", "/api/score"),
    ("POST", "/api/rank"),
    ("GET", "/api/issues"),
    ("POST", "/api/issues/{issue_id}/decisions"),
    ("GET", "/api/issues/{issue_id}/decisions"),
    ("POST", "/webhooks/github"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
)
TAKE_NOTHING = ("/healthz", "/readyz", "/metrics")
FEW = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def schema(
    tmp_path_factory: pytest.TempPathFactory, arrivals: tuple[Arrival, ...]
) -> Iterator[schemathesis.BaseSchema]:
    """The description of a server with some issues that takes webhooks."""
    path = tmp_path_factory.mktemp("described") / "triage.db"
    no_limits = Rates(reads=0, writes=0)
    known = Settings(database_url=str(path), webhook_secret="known", rates=no_limits)  # noqa: S106
    scoring = ScoringService(fixed_model)
    app = create_app(known, scoring=scoring)
    with session(app.state.engine) as opened:
        upsert(opened, arrivals, model_id=fixed_model().model_id, now=NOW)
    with serving(app) as address:
        wait_until(lambda: scoring.is_ready)
        yield schemathesis.openapi.from_url(f"{address}/api/openapi.json")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_answers_are_as_described(
    schema: schemathesis.BaseSchema, method: str, path: str, mode: schemathesis.GenerationMode
) -> None:
    if mode is schemathesis.GenerationMode.NEGATIVE and path in TAKE_NOTHING:
        pytest.skip("takes nothing that could be wrong")
    operation = schema[path][method]

    @FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate()

    ask()


def test_all_that_programs_may_ask_is_described(schema: schemathesis.BaseSchema) -> None:
    described = {
        (method.upper(), path)
        for path, operations in schema.raw_schema["paths"].items()
        for method in operations
    }

    assert described == set(OPERATIONS)
    assert all(is_for_programs(path) for _, path in described)


def test_every_operation_says_what_may_go_wrong(schema: schemathesis.BaseSchema) -> None:
    for path, operations in schema.raw_schema["paths"].items():
        for method, described in operations.items():
            place = f"{method} {path}"
            responses = described["responses"]
            assert {"400", "401", "408", "413", "429"} <= responses.keys(), place
            assert "Retry-After" in responses["429"]["headers"], place
            assert described["summary"], place
            for status, response in responses.items():
                if status >= "400":
                    assert list(response["content"]) == ["application/problem+json"], place


def test_every_field_that_is_sent_has_bounds(schema: schemathesis.BaseSchema) -> None:
    schemas = schema.raw_schema["components"]["schemas"]

    for name in ("IssueIn", "ScoreIn", "RankIn", "DecisionIn"):
        assert schemas[name]["additionalProperties"] is False
        for field, described in schemas[name]["properties"].items():
            kinds = described.get("anyOf", [described])
            for kind in kinds:
                if kind.get("type") == "string":
                    assert {"maxLength", "pattern", "format", "enum"} & kind.keys(), field
                if kind.get("type") == "integer":
                    assert {"minimum", "maximum"} <= kind.keys(), field
