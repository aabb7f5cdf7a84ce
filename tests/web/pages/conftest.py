"""What the tests of pages share: visitors of one application."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.pages.browsing import BASE_URL, Visitor

Visit = Callable[..., Visitor]


@pytest.fixture
def visit(client: TestClient) -> Visit:
    """Begin a visit, signed in under a name if one is given, with cookies of its own."""

    def begin(name: str = "") -> Visitor:
        own = TestClient(client.app, base_url=BASE_URL, follow_redirects=False)
        return Visitor(own, name)

    return begin
