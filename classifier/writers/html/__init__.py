"""One self-contained page: it fetches nothing, and opens from disk with the network off.

Only our own style and script act, by their checksums; strangers' words are text. It is printed
well and read without JavaScript, which only the filters need.
"""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TextIO

from classifier.types import Ranking
from classifier.writers.html.filters import controls
from classifier.writers.html.guide import guide
from classifier.writers.html.rows import table
from classifier.writers.html.words import LONGEST_NAME, common_repo, counted, per_cent, text

HERE = Path(__file__).parent
LIKELY, POSSIBLE = 50, 20  # per cent, from where on a bar has another colour
HEADING = "Possible silent bugs"


def write_html(ranking: Ranking, stream: TextIO, *, with_evidence: bool) -> None:
    """Write the page; the same ranking gives the same bytes."""
    stream.writelines(_page(ranking, with_evidence=with_evidence))


def _page(ranking: Ranking, *, with_evidence: bool) -> Iterator[str]:
    script = (HERE / "report.js").read_text(encoding="utf-8")
    yield _head(ranking, _style(), script)
    yield from _introduction(ranking)
    yield "<main>\n"
    if ranking.entries:
        yield '<section aria-label="Issues">\n'  # where the controls stay in sight
        yield controls(ranking, with_evidence=with_evidence)
        yield '<p class="count faint" role="status"></p>\n'
        yield from table(ranking, with_evidence=with_evidence)
        yield "</section>\n"
        yield from guide(ranking, with_evidence=with_evidence)
        yield f"<script>{script}</script>\n"
    yield "</main>\n</body>\n</html>\n"


def _head(ranking: Ranking, style: str, script: str) -> str:
    policy = (
        f"default-src 'none'; style-src {_checksum(style)}; script-src {_checksum(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    place = text(common_repo(ranking.entries), LONGEST_NAME)
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{HEADING}{f" of {place}" if place else ""}</title>
<style>{style}</style>
</head>
<body>
"""


def _introduction(ranking: Ranking) -> Iterator[str]:
    count = len(ranking.entries)
    yield f"<header>\n<h1>{HEADING}</h1>\n<p>"
    if count:
        order = "the most urgent" if ranking.by == "priority" else "the likeliest"
        yield f"{counted(count, 'issue', 'issues')}{_origin(ranking)}, {order} first."
        yield _expected(ranking)
    else:
        yield "No issue is left to rank."
    yield f'</p>\n<p class="faint">Model {text(ranking.model_id, LONGEST_NAME)}'
    if ranking.threshold is not None:
        reaching = sum(entry.probability >= ranking.threshold for entry in ranking.entries)
        yield f"; worth reading from {per_cent(ranking.threshold, digits=1)} on"
        yield f", which {reaching:,} {'reaches' if reaching == 1 else 'reach'}"
    yield "."
    yield ' <a href="#guide">How to read this</a>' if count else ""
    yield "</p>\n</header>\n"


def _origin(ranking: Ranking) -> str:
    if place := common_repo(ranking.entries):
        return f" of <b>{text(place, LONGEST_NAME)}</b>"
    repos = {entry.key.repo for entry in ranking.entries} - {""}
    return f" of {len(repos):,} repositories" if len(repos) > 1 else ""


def _expected(ranking: Ranking) -> str:
    """Calibrated probabilities add up to how many there are."""
    expected = round(sum(entry.probability for entry in ranking.entries))
    if not expected:
        return ""
    bugs = counted(expected, "silent bug", "silent bugs")
    return f" Added up, their probabilities make about {bugs}."


def _style() -> str:
    """The style sheet, and a rule for the length of each bar: no element needs a style."""
    lengths = "".join(f".w{n}::before {{ width: {n}%;{_colour(n)} }}\n" for n in range(101))
    return f"{(HERE / 'report.css').read_text(encoding='utf-8')}{lengths}"


def _colour(length: int) -> str:
    if length < POSSIBLE:
        return ""
    return f" border-color: var(--{'likely' if length >= LIKELY else 'possible'});"


def _checksum(content: str) -> str:
    """Return what a Content-Security-Policy knows an inline style or script by."""
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"
