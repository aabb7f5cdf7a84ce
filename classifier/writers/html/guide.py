"""How to read the report, told at its end."""

from collections.abc import Iterator

from classifier.chances import CHANCES, chance
from classifier.guidelines import GUIDELINES, NAMED_FROM
from classifier.types import Ranking, Scenario
from classifier.writers.html.words import per_cent

PROBABILITY = """\
<p>The number of each issue is how likely it reports a <b>silent bug</b>: wrong behaviour without \
a crash, a hang or an error message. Of a hundred issues at 30&nbsp;%, about thirty are silent \
bugs, where the model was measured; elsewhere the order holds better than the numbers do. The \
model read title and description, nothing else, and ran nothing. A low number is no verdict.</p>
"""
REASONS = """\
<h3>Reasons</h3>
<p>What speaks for a silent bug has a plus, what speaks against one a minus. The number is what \
the reason changes in log-odds: +0.7 about doubles the odds, +2.3 makes them ten times as high. \
What stands in quotation marks are the issue's own words, the rest are facts about it.</p>
"""
OUTLOOKS = f"""\
<h3>Scenario, impact and priority</h3>
<p>These say what to expect of an issue <em>if</em> it is a silent bug, and are hints. “Perhaps” \
stands where the scenario is less likely than {per_cent(NAMED_FROM)}. Impact goes from 1, mild, \
to 4, severe. Priority is the probability times how severe developers find such bugs, 0 to 5.</p>
"""


def guide(ranking: Ranking, *, with_evidence: bool) -> Iterator[str]:
    """Yield the part that explains whatever this ranking tells, and nothing else."""
    yield '<section id="guide">\n<h2>How to read this</h2>\n'
    yield PROBABILITY
    yield from _chances(ranking)
    if ranking.threshold is not None:
        yield _threshold(ranking.threshold)
    if with_evidence:
        yield REASONS
    if ranking.has_outlooks:
        yield OUTLOOKS
        yield from _kinds(ranking)
    yield "</section>\n"


def _chances(ranking: Ranking) -> Iterator[str]:
    said = [chance(entry.probability) for entry in ranking.entries]
    yield '<table>\n<thead><tr><th scope="col">In words</th><th scope="col">from</th>'
    yield '<th scope="col">issues here</th></tr></thead>\n<tbody>\n'
    for least, words in CHANCES:
        cells = (words, per_cent(least), f"{said.count(words):,}")
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"
    yield "</tbody>\n</table>\n"


def _threshold(threshold: float) -> str:
    return (
        "<p>Under the profile of this repository, issues are worth reading from "
        f"<b>{per_cent(threshold, digits=1)}</b> on. Those marked “can't tell” lie near it and "
        "lack what would settle it: ask the reporter.</p>\n"
    )


def _kinds(ranking: Ranking) -> Iterator[str]:
    """Yield what each scenario in the ranking is, and what to check first."""
    present = {entry.outlook.scenario for entry in ranking.entries if entry.outlook}
    yield '<div class="kinds">\n'
    for kind in Scenario:
        if kind in present:
            known = GUIDELINES[kind]
            checks = "".join(f"<li>{check}</li>" for check in known.checks)
            yield f'<div id="{kind}"><h3>{known.name} <span class="faint">{kind}</span></h3>'
            yield f"<p>{known.definition} What to check first:</p><ul>{checks}</ul></div>\n"
    yield "</div>\n"
