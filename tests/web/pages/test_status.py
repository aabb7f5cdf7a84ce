"""The status page over a real application: what it tells, and its pictures."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import product
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from sqlalchemy import Engine, select
from starlette.testclient import TestClient

from classifier.types import Issue, IssueKey, Score
from classifier.web.drawing import without_style
from classifier.web.overview import agreement_of, overview
from classifier.web.plots import PLOTS
from classifier.web.store.arrivals import Arrival, upsert
from classifier.web.store.decisions import Said, decide, undo
from classifier.web.store.engine import reading, session
from classifier.web.store.issues import change_state
from classifier.web.store.preferences import Preferences, write_preferences
from classifier.web.store.reviewers import find_or_add
from classifier.web.store.tables import IssueRow
from tests.web.fixed_model import fixed_model

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
REPO = "octo/status"
ISSUES = 360
HOSTILE = "<script>alert(1)</script>"


def _bring(engine: Engine, *, repo: str = REPO, count: int = ISSUES) -> None:
    random = np.random.default_rng(1)
    arrivals = []
    for number in range(1, count + 1):
        key = IssueKey(repo, number)
        opened = NOW - timedelta(days=count - number)
        words = " ".join(random.choice(["loss", "layer", "shape", "batch", HOSTILE], 20))
        issue = Issue(key, f"{HOSTILE} {number}", words, opened)
        arrivals.append(Arrival(issue, "open", Score(key, float(random.beta(1, 4)))))
    with session(engine) as opened_session:
        upsert(opened_session, arrivals, model_id=fixed_model().model_id, now=NOW)


def _audit(engine: Engine, count: int) -> None:
    """Decide the first by draw, over two months; each fourth is silent.

    Of every second a second reviewer says the same.
    """
    with session(engine) as opened:
        ada, bob = (find_or_add(opened, name, now=NOW) for name in ("Ada", "Bob"))
        here = select(IssueRow).where(IssueRow.repo == REPO)
        drawn = opened.scalars(here.order_by(IssueRow.audit_draw).limit(count)).all()
        for place, issue in enumerate(drawn):
            verdict = "silent" if place % 4 == 0 else "not silent"
            now = NOW + timedelta(days=30) if place % 3 == 0 else NOW
            decide(opened, Said(issue.id, ada.id, verdict, channel="audit"), now=now)
            if place % 2 == 0:
                decide(opened, Said(issue.id, bob.id, verdict), now=now)


def _text(client: TestClient, path: str = "/status") -> str:
    answer = client.get(path)
    assert answer.status_code == HTTPStatus.OK
    without_tags = re.sub(r"<[^>]*>", " ", answer.text)
    return " ".join(without_tags.split())


@pytest.fixture
def watched(make_client: Callable[..., TestClient], sqlite_url: str) -> TestClient:
    """An application with issues of another repository, beside the examples."""
    client = make_client(sqlite_url, threshold=0.25)
    _bring(client.app.state.engine)  # type: ignore[attr-defined] # an application
    return client


def _engine(client: TestClient) -> Engine:
    engine: Engine = client.app.state.engine  # type: ignore[attr-defined] # an application
    return engine


def test_without_a_decision_it_promises_nothing_and_says_what_is_needed(
    watched: TestClient,
) -> None:
    told = _text(watched)

    assert "Nothing is audited yet." in told
    assert "No audited issue from the threshold of 25 % on is decided yet." in told
    assert "No issue has votes of two reviewers yet" in told
    assert "of how many is not known yet" in told


def test_an_empty_database_has_a_status_page_without_pictures(
    make_client: Callable[..., TestClient], sqlite_url: str
) -> None:
    client = make_client(sqlite_url)
    client.app.state.filling.wait()  # type: ignore[attr-defined] # an application
    with session(_engine(client)) as opened:
        for issue in opened.scalars(select(IssueRow)):
            issue.state = "deleted"

    assert "No issue is here yet." in _text(client)
    assert "<img" not in client.get("/status").text
    for name in PLOTS:
        assert client.get(f"/status/{name}.svg").status_code == HTTPStatus.NOT_FOUND


def test_audited_decisions_give_precision_recall_and_what_is_left(watched: TestClient) -> None:
    _audit(_engine(watched), 80)

    told = _text(watched, f"/status?repo={REPO}")

    assert "80 issues are audited: a random sample of the queue." in told
    assert re.search(r"from the threshold of 25 % on are silent bugs: precision \d+ %", told)
    assert re.search(r"Reading on would find about \d+ more \(between \d+ and \d+", told)
    assert "Agreement on 40 issues with two votes or more is almost perfect" in told
    assert "the next 20 issues of the queue should hold about" in told


def test_a_decision_is_told_at_once(watched: TestClient) -> None:
    assert "0 decisions" in _text(watched)

    _audit(_engine(watched), 3)

    assert "5 decisions" in _text(watched)  # three of Ada's, two of Bob's


def test_what_few_decisions_tell_is_not_told_yet_but_what_is_needed_is(
    watched: TestClient,
) -> None:
    _audit(_engine(watched), 3)

    told, page = _text(watched, f"/status?repo={REPO}"), watched.get("/status").text

    assert re.search(r"Precision at 25 % \? too few audited yet: \d of 10", told)
    assert "Left to find ? too few audited yet: 3 of 5" in told
    assert "Agreement, kappa ? too few read by two yet: 2 of 10" in told
    assert "is drawn from 25 audited issues with a clear answer on; 3 so far." in told
    assert "reliability.svg" not in page
    assert "precision.svg" not in page


def test_skipped_replaced_and_withdrawn_decisions_are_not_counted(watched: TestClient) -> None:
    with session(_engine(watched)) as opened:
        ada = find_or_add(opened, "Ada", now=NOW)
        ids = opened.scalars(select(IssueRow.id).where(IssueRow.repo == REPO).limit(3)).all()
        for issue_id, verdict in zip(
            (*ids, ids[0]), ("silent", "skip", "silent", "not silent"), strict=True
        ):
            latest = decide(opened, Said(issue_id, ada.id, verdict), now=NOW)
        undo(opened, ada.id, latest.id, now=NOW)

    assert "Read 2 2 decisions" in _text(watched, f"/status?repo={REPO}")


def test_open_questions_are_counted_and_completeness_is_not_claimed(watched: TestClient) -> None:
    with session(_engine(watched)) as opened:
        ada = find_or_add(opened, "Ada", now=NOW)
        ids = opened.scalars(select(IssueRow.id).where(IssueRow.repo == REPO)).all()
        for place, issue_id in enumerate(ids):
            verdict = "silent" if place == 0 else "unsure"
            decide(opened, Said(issue_id, ada.id, verdict), now=NOW)

    told = _text(watched, f"/status?repo={REPO}")

    assert "Everything is read, but 359 open questions may hold more" in told
    assert "none left to find" not in told
    assert "Left to find ? 359 open questions may hold more" in told
    assert "under 1 % to 100 % of all there are" in told


def test_what_is_left_and_what_comes_next_are_one_story(watched: TestClient) -> None:
    _audit(_engine(watched), 80)

    with reading(_engine(watched)) as opened:
        found = overview(opened, REPO, threshold=0.25).unread

    assert found.expected is not None
    assert found.remaining.more is not None
    assert found.expected_of == 20
    assert 0 < found.expected.value <= found.remaining.more.value
    assert found.expected.high <= found.remaining.more.high


def test_another_threshold_is_used_at_once(watched: TestClient) -> None:
    with session(_engine(watched)) as opened:
        write_preferences(opened, Preferences(threshold=0.5))

    assert "Precision at 50 %" in _text(watched)


def test_pictures_are_svg_that_asks_for_no_permission(watched: TestClient) -> None:
    _audit(_engine(watched), 80)

    for name, (theme, size) in product(PLOTS, (("light", "wide"), ("dark", "narrow"))):
        path = f"/status/{name}.svg?repo={REPO}&theme={theme}&size={size}"
        answer = watched.get(path)

        assert answer.status_code == HTTPStatus.OK
        assert answer.headers["content-type"].startswith("image/svg+xml")
        elements = list(ET.fromstring(answer.text).iter())  # noqa: S314 - our own
        tags = {element.tag.rpartition("}")[2] for element in elements}
        assert "text" in tags
        assert not tags & {"script", "style", "image", "foreignObject", "metadata"}
        assert not any("style" in element.attrib for element in elements)
    assert answer.text == watched.get(path).text


def test_every_picture_on_the_page_is_there(watched: TestClient) -> None:
    _audit(_engine(watched), 80)

    page = watched.get(f"/status?repo={REPO}").text
    sources = re.findall(r'(?:src|srcset)="(/status/[^"]+)"', page)

    assert len(sources) == 4 * len(PLOTS)
    for source in sources:
        assert watched.get(source.replace("&amp;", "&")).status_code == HTTPStatus.OK


@pytest.mark.parametrize("path", ["/status/nothing.svg", "/status/weeks.svg?repo=octo/none"])
def test_a_picture_that_there_is_not_is_not_found(watched: TestClient, path: str) -> None:
    assert watched.get(path).status_code == HTTPStatus.NOT_FOUND


def test_a_date_that_is_yet_to_come_hides_no_week(watched: TestClient) -> None:
    engine = watched.app.state.engine  # type: ignore[attr-defined]
    with session(engine) as opened:
        opened.get_one(IssueRow, 1).opened_at = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)

    assert watched.get("/status/weeks.svg").status_code == 200
    with reading(engine) as opened:
        weeks = overview(opened, "", threshold=0.3).weeks
    assert weeks[-1][0] <= NOW.date()
    assert len(weeks) > ISSUES // 7


def test_a_hostile_repository_and_hostile_words_are_inert(watched: TestClient) -> None:
    _bring(_engine(watched), repo=f"octo/{HOSTILE}", count=3)

    page = watched.get("/status").text

    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_issues_that_are_gone_are_not_counted(filled: Engine) -> None:
    _bring(filled, count=5)
    with session(filled) as opened:
        change_state(opened, IssueKey(REPO, 1), "deleted", NOW)

    with reading(filled) as opened:
        found = overview(opened, REPO, threshold=0.2)

    assert (found.issue_count, found.open_count) == (4, 4)


def test_what_was_edited_since_is_unread_and_said_to_be(watched: TestClient) -> None:
    _audit(_engine(watched), 80)
    assert "Read 80 120 decisions" in _text(watched, f"/status?repo={REPO}")
    with session(_engine(watched)) as opened:
        drawn = select(IssueRow).where(IssueRow.repo == REPO).order_by(IssueRow.audit_draw)
        row = opened.scalars(drawn.limit(1)).one()
        key = IssueKey(REPO, row.number)
        edited = Arrival(Issue(key, "Another title"), "open", Score(key, 0.5))
        upsert(opened, [edited], model_id=row.model_id, now=NOW + timedelta(days=1))

    told = _text(watched, f"/status?repo={REPO}")
    assert "Read 79 120 decisions, 1 issue edited since" in told


def test_adjudications_are_no_independent_votes(engine: Engine) -> None:
    _bring(engine, count=1)
    with session(engine) as opened:
        issue = opened.scalars(select(IssueRow)).one()
        for name, verdict in (("Ada", "silent"), ("Bob", "not silent"), ("Cleo", "silent")):
            reviewer = find_or_add(opened, name, now=NOW)
            said = Said(issue.id, reviewer.id, verdict, adjudicates=name == "Cleo")
            decide(opened, said, now=NOW)

        found = agreement_of(opened)

    assert found.kappa == pytest.approx(-1.0)  # of the two; with the third it would be less bad


def test_style_becomes_attributes_that_say_the_same() -> None:
    svg = (
        "<?xml version='1.0'?><svg><metadata>x</metadata><style>*{}</style>"
        "<text style=\"font: 600 9px 'DejaVu Sans'; text-anchor: middle; fill: #fff\">a</text>"
        "</svg>"
    )

    assert without_style(svg) == (
        '<svg><text font-size="9" font-family="system-ui, \'Segoe UI\', Roboto, '
        '\'Liberation Sans\', sans-serif" font-weight="600" text-anchor="middle" '
        'fill="#fff">a</text></svg>\n'
    )
