from sqlalchemy import Engine

from classifier.web.pages.neighbours import Neighbours, neighbours_of
from classifier.web.store.engine import reading
from classifier.web.store.queue import Filter, page_of

WANTED = Filter(repo="octo/layerkit")


def test_before_and_after_an_issue_stand_its_neighbours_in_the_queue(filled: Engine) -> None:
    with reading(filled) as opened:
        rows = page_of(opened, WANTED, page=1, size=100).rows
        found = [neighbours_of(opened, WANTED, row.id, row.position) for row in rows]

    links = [f"/issues/{row.id}?repo=octo%2Flayerkit&at={row.position}" for row in rows]
    assert len(links) > 2
    assert found == [
        Neighbours(before, after)
        for before, after in zip(["", *links[:-1]], [*links[1:], ""], strict=True)
    ]


def test_where_an_issue_has_left_the_queue_the_next_has_moved_up(filled: Engine) -> None:
    with reading(filled) as opened:
        first, second, third, *_ = page_of(opened, WANTED, page=1, size=100).rows
        elsewhere = neighbours_of(opened, WANTED, first.id, 2)
        past_the_end = neighbours_of(opened, WANTED, third.id, 1000)

    assert elsewhere.before.startswith(f"/issues/{first.id}?")
    assert elsewhere.after.startswith(f"/issues/{second.id}?")
    assert elsewhere.after.endswith("at=2")
    assert past_the_end == Neighbours("", "")
