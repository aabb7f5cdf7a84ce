"""The search for issues."""

from __future__ import annotations

from tests.fake_github.exchange import Answer, ApiError, Call, invalid
from tests.fake_github.paging import page_of
from tests.fake_github.present import issue_json
from tests.fake_github.rest.routes import Route
from tests.fake_github.searching import in_order, search

MOST_RESULTS = 1000
BEYOND = f"Only the first {MOST_RESULTS} search results are available"


def search_issues(call: Call) -> Answer:
    """Answer a page of what was found, of which GitHub never shows more than a thousand."""
    query = call.query.get("q", "")
    if not query:
        raise invalid("Search", "q", "missing")
    found = search(call.store, query, call.token)
    if "sort" in call.query:
        found = in_order(found, call.query["sort"], call.query.get("order", "desc"))
    page, headers = page_of(call, found[:MOST_RESULTS])
    if not page and call.query.get("page", "1") != "1" and len(found) > MOST_RESULTS:
        raise ApiError(422, BEYOND)
    items = [issue_json(issue, call.api, is_whole=False) | {"score": 1.0} for issue in page]
    counts = {"total_count": len(found), "incomplete_results": False, "search_type": "lexical"}
    return Answer(200, {**counts, "items": items}, headers)


ROUTES = {
    "GET /search/issues": Route(search_issues, "search/search#search-issues-and-pull-requests")
}
