"""Invented issues, as long and as mixed as real ones; the same for everybody who runs this.

Lengths of bodies follow the study's: median 2,750 characters, mean 4,000, a few above 40,000. A
quarter fill in a form, a third show a traceback, most show code.
"""

import json
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SEED = 2026
MEDIAN_LENGTH, SPREAD = 2_750, 0.866  # of a log-normal, whose mean is then 4,000 characters
LONGEST = 65_000

OBJECTS = "layer model optimizer metric callback loss tensor dataset weight mask gradient".split()
WORDS = (
    "batch shape mean axis dropout epoch state bias kernel sample value score output input "
    "seed scale norm embedding length history momentum padding stride head cell"
).split()
MODULES = "layers losses metrics optimizers data callbacks training saving ops".split()
EXCEPTIONS = "ValueError TypeError RuntimeError KeyError InvalidArgumentError".split()
SENTENCES = """\
The {object} gives a different {word} after the second call of `{call}`.
I expected {number} but got {number}, and nothing is raised.
With `{call}` the {word} is silently ignored when the {object} has a {word}.
It used to work in version {version}, since then the {word} of the {object} is wrong.
Training crashes with the error below as soon as the {object} is built.
Is there a way to set the {word} of a {object} without building it again?
On {number} GPUs the {object} hangs in `{call}`, on one it does not.
It would be nice if `{call}` took a {word} as well.
I could reproduce this with a small {object}, see the code, on two machines.
The documentation of `{call}` says that the {word} is used, see https://example.org/{word}/{number}.
Loading the {object} again gives another {word}, accuracy drops from 0.91 to 0.{number}.
The **{word}** of the first {object} is fine; the second one is *never* updated.
Reading the attribute back gives {number}, so I was sure that the {object} uses it.
Memory grows by {number} MB with every call of `{call}` until the process is killed.
""".splitlines()
PROMPTS = """\
**System information**
- Have I written custom code (as opposed to using a stock example script): yes
- OS Platform and Distribution (e.g., Linux Ubuntu 16.04): Ubuntu 20.04
- TensorFlow installed from (source or binary): binary
- TensorFlow version (use command below): v{version}
- Python version: 3.8.{number}
- CUDA/cuDNN version: 11.{number} / 8.1
- GPU model and memory: none
"""
HEADINGS = (
    ("", ""),
    ("**Describe the current behavior**", "**Describe the expected behavior**"),
    ("### Current behavior?", "### Standalone code to reproduce the issue"),
    ("## 🐛 Bug", "## To Reproduce"),
)


def write_issues(path: Path, count: int) -> None:
    """Write ``count`` issues as JSON lines, one at a time: memory does not grow with them."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in issues(count))


def issues(count: int) -> Iterator[dict[str, Any]]:
    """Yield rows as GitHub's API gives them; the first hundred are the same for any count."""
    source = random.Random(SEED)
    for number in range(1, count + 1):
        title = _sentence(source).rstrip(".").replace("`", "")
        yield {
            "number": number,
            "title": title,
            "body": _body(source),
            "html_url": f"https://github.com/octo/bench/issues/{number}",
            "created_at": "2026-01-02T03:04:05Z",
        }


def _body(source: random.Random) -> str:
    wanted = min(LONGEST, math.exp(source.gauss(math.log(MEDIAN_LENGTH), SPREAD)))
    opening, middle = source.choice(HEADINGS)
    parts = [_filled(source, PROMPTS)] if opening.startswith("**") else []
    parts += [opening, _paragraph(source, wanted), middle, _code(source, wanted)]
    kinds: list[Callable[[random.Random, float], str]] = [_paragraph, _code, _listing, _log, _table]
    if source.random() < 1 / 3:
        parts.append(_traceback(source, wanted))
        kinds.append(_traceback)
    length = sum(map(len, parts))
    while length < wanted:
        parts.append(source.choice(kinds)(source, wanted - length))
        length += len(parts[-1])
    return "\n\n".join(filter(None, parts))[: int(wanted)]


def _paragraph(source: random.Random, room: float) -> str:
    return " ".join(_repeat(lambda: _sentence(source), source, room / 3, most=6))


def _listing(source: random.Random, room: float) -> str:
    return "\n".join(_repeat(lambda: f"- {_sentence(source)}", source, room / 3, most=6))


def _code(source: random.Random, room: float) -> str:
    lines = _repeat(
        lambda: f"{_name(source)} = {_call(source)}({_name(source)}, {source.choice(WORDS)}=0.5)",
        source,
        room / 2,
        most=25,
    )
    return "\n".join(["```python", f"import {source.choice(MODULES)}", "", *lines, "```"])


def _log(source: random.Random, room: float) -> str:
    lines = _repeat(
        lambda: f"Epoch {source.randrange(9)}/9 - loss: {source.random():.4f} - acc: 0.5000",
        source,
        room / 2,
        most=60,
    )
    return "\n".join(["```", *lines, "```"])


def _table(source: random.Random, room: float) -> str:
    rows = _repeat(
        lambda: f"| {_name(source)} | {source.random():.4f} |", source, room / 4, most=10
    )
    return "\n".join(["| case | value |", "|---|---|", *rows])


def _traceback(source: random.Random, room: float) -> str:
    frames = _repeat(
        lambda: (
            f'  File "/usr/lib/python3/{source.choice(MODULES)}.py", line {source.randrange(999)}'
            f", in {_name(source)}\n    return {_call(source)}({_name(source)})"
        ),
        source,
        room / 2,
        most=20,
    )
    error = f"{source.choice(EXCEPTIONS)}: {source.choice(WORDS)} must be {source.randrange(99)}"
    return "\n".join(["```", "Traceback (most recent call last):", *frames, error, "```"])


def _repeat(
    make: Callable[[], str], source: random.Random, room: float, *, most: int
) -> Iterator[str]:
    """Make one at least, and go on while there is room."""
    used = 0
    for _ in range(source.randint(1, most)):
        made = make()
        yield made
        used += len(made)
        if used > room:
            return


def _sentence(source: random.Random) -> str:
    return _filled(source, source.choice(SENTENCES))


def _filled(source: random.Random, sentence: str) -> str:
    return sentence.format(
        object=source.choice(OBJECTS),
        word=source.choice(WORDS),
        call=_call(source),
        number=source.randrange(100),
        version=f"2.{source.randrange(20)}.{source.randrange(5)}",
    )


def _call(source: random.Random) -> str:
    return f"{source.choice(MODULES)}.{_name(source)}"


def _name(source: random.Random) -> str:
    return f"{source.choice(OBJECTS)}_{source.choice(WORDS)}"
