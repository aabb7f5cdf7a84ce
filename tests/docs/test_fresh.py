"""A page that differs by rounding alone is not stale; one that says something else is."""

import pytest

from docs.fresh import but_for_rounding

PAGE = """\
   1  ███▏      40.3%  shape   var divides by the wrong count
                             +0.07 “Both have the same layers”
                             -0.07 “['left', 'right']”
12 issues; worth reading from 44.3% on
"""


@pytest.mark.parametrize(
    ("said", "now"),
    [
        ("44.3%", "44.2%"),
        ("███▏      40.3%", "███▎      40.4%"),
        (
            "+0.07 “Both have the same layers”\n" + " " * 29 + "-0.07 “['left', 'right']”",
            "-0.08 “['left', 'right']”\n" + " " * 29 + "+0.06 “Both have the same layers”",
        ),
    ],
)
def test_the_last_digit_and_lines_that_tie_may_change(said: str, now: str) -> None:
    changed = PAGE.replace(said, now)

    assert changed != PAGE
    assert but_for_rounding(PAGE, changed)
    assert but_for_rounding(changed, PAGE)


@pytest.mark.parametrize(
    ("said", "now"),
    [
        ("44.3%", "44.1%"),
        ("44.3%", "44.30%"),
        ("12 issues", "13 issues"),
        ("+0.07", "-0.07"),
        ("wrong count", "right count"),
        ("var divides by the wrong count\n", "var divides by the wrong count\n\n"),
        ("worth reading from 44.3% on", "worth reading"),
    ],
)
def test_anything_else_makes_it_stale(said: str, now: str) -> None:
    assert not but_for_rounding(PAGE, PAGE.replace(said, now))
