"""What all generators of pages share: write the page, or say whether it is stale."""

import argparse
import operator
import re
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

FIGURE = re.compile(r"\d+\.\d+")
BAR = re.compile("[▏▎▍▌▋▊▉█]+ *")


def keep_fresh(page: Path, text: str, *, alike: Callable[[str, str], bool] = operator.eq) -> None:
    """Write a page; with ``--check`` on the command line, only exit with 1 if it would change.

    ``alike`` says whether a page that is there will do for another.
    """
    parser = argparse.ArgumentParser(description=f"Writes {page.name} anew.")
    parser.add_argument("--check", action="store_true", help="only say whether it is stale")
    if not parser.parse_args().check:
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, encoding="utf-8", newline="\n")
    elif not page.exists() or not alike(page.read_text(encoding="utf-8"), text):
        sys.exit(f"{page} is stale: run `make docs`")


def but_for_rounding(one: str, other: str) -> bool:
    """Whether two pages say the same, but for the last digit of decimal fractions, one up or down.

    What a model says is a sum of floating point numbers, which processors round differently. Lines
    that nearly tie may so change places.
    """
    lines, others = (sorted(map(_parted, BAR.sub("", page).splitlines())) for page in (one, other))
    return len(lines) == len(others) and all(map(_are_alike, lines, others))


def _parted(line: str) -> tuple[str, list[str]]:
    return FIGURE.sub("", line), FIGURE.findall(line)


def _are_alike(one: tuple[str, list[str]], other: tuple[str, list[str]]) -> bool:
    return one[0] == other[0] and all(map(_are_near, one[1], other[1]))


def _are_near(one: str, other: str) -> bool:
    places, others = (len(figure.partition(".")[2]) for figure in (one, other))
    return places == others and abs(Decimal(one) - Decimal(other)) <= Decimal(10) ** -places
