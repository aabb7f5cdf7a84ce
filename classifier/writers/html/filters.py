"""What narrows the table down and orders it anew, once the script has brought it to life."""

from collections.abc import Iterable, Iterator

from classifier.guidelines import GUIDELINES
from classifier.types import Ranking, Scenario
from classifier.writers.html.words import LONGEST_NAME, text

LEAST = """\
<label>Silent at least, %<input type="number" name="least" min="0" max="100" step="any" \
placeholder="0"></label>"""
WITHOUT_SCRIPT = (
    '<p class="unscripted faint">Filters need JavaScript; all else is here without.</p>'
)


def controls(ranking: Ranking, *, with_evidence: bool) -> str:
    """A form, hidden until the script shows it, and a line in its place until then."""
    fields = [
        '<label class="wide">Search<input type="search" name="text" autocomplete="off"></label>',
        *_repositories(ranking),
        LEAST,
        *_kinds(ranking),
        _orders(ranking),
        *(
            ['<label class="switch"><input type="checkbox" name="reasons" checked>Reasons</label>']
            if with_evidence
            else []
        ),
        '<button type="reset">Clear</button>',
    ]
    lines = ('<form role="search" aria-label="Filters" hidden>', *fields, "</form>", WITHOUT_SCRIPT)
    return "".join(f"{line}\n" for line in lines)


def _repositories(ranking: Ranking) -> Iterator[str]:
    names = sorted({text(entry.key.repo, LONGEST_NAME) for entry in ranking.entries} - {""})
    if len(names) > 1:
        options = (f"<option>{name}</option>" for name in names)
        yield _select("Repository", "repo", ['<option value="">all</option>', *options])


def _kinds(ranking: Ranking) -> Iterator[str]:
    present = {entry.outlook.scenario for entry in ranking.entries if entry.outlook}
    if len(present) > 1:
        options = (
            f'<option value="{kind}">{GUIDELINES[kind].name}</option>'
            for kind in Scenario
            if kind in present
        )
        yield _select("Scenario", "kind", ['<option value="">all</option>', *options])


def _orders(ranking: Ranking) -> str:
    """The ranking's own order comes first; what it does not tell is no order."""
    orders = {"rank": "rank"}
    if ranking.by == "priority":
        orders["chance"] = "probability"
    elif ranking.has_outlooks:
        orders["priority"] = "priority"
    if ranking.has_outlooks:
        orders["impact"] = "impact, worst first"
    is_one = len({entry.key.repo for entry in ranking.entries}) == 1
    orders["issue"] = "newest first" if is_one else "repository, newest first"
    return _select(
        "Order",
        "order",
        (f'<option value="{value}">{words}</option>' for value, words in orders.items()),
    )


def _select(label: str, name: str, options: Iterable[str]) -> str:
    return f'<label>{label}<select name="{name}">{"".join(options)}</select></label>'
