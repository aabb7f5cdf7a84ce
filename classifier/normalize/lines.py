"""Lines: what a line is by its content alone, in a fence or out of one.

Denchmark's rendering lost fences, so content is the only evidence that both renderings share.
Patterns see the beginning of a line alone, so their cost is bounded, however long it is.
"""

import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

LINE_LIMIT = 400  # longer lines are judged by their beginning


class LineKind(Enum):
    """What the content of one line says."""

    BLANK = "blank"
    TEXT = "text"
    CODE = "code"
    LOG = "log"
    LOOSE = "loose"  # code or log where its neighbours are; says nothing alone


# Possessive quantifiers (``*+``) where what follows cannot be what they took: no way back to try.
_NAME = r"[A-Za-z_][\w.]*+"
_CODE = re.compile(
    rf"""\s*+(?:
      (?:import\s{_NAME}(?:\s+as\s+\w+)?\s*(?:[,;\#].*)?$)
    | (?:from\s+[\w.]+\s+import\s+[\w*(])
    | (?:(?:async\s+)?def\s+\w+\s*\()
    | (?:class\s+\w+(?:\(.*\))?:)
    | (?:for\s+[\w,\s()*]{{1,80}}\s+in\s.*:\s*(?:\#.*)?$)
    | (?:(?:if|elif|while)\s.*(?:[=<>!]=|[<>()\[\]_.]|\snot\s|\sin\s|True|\sis\s).*:\s*(?:\#.*)?$)
    | (?:with\s+[\w.]+\(.*:\s*(?:\#.*)?$)
    | (?:(?:else|try|finally)\s*:\s*(?:\#.*)?$)
    | (?:except\b[^:]{{0,80}}:\s*(?:\#.*)?$)
    | (?:return(?:\s+(?:self\b|[\w.]+\s*$|.*[(\[{{=+*/].*)|$))
    | (?:raise\s+[\w.]+\()
    | (?:@[A-Za-z_][\w.]*\.[\w.]+(?:\(.*\))?\s*$)
    | (?:{_NAME}(?:\[[^\]]*\])?(?:\s*,\s*\*?{_NAME}(?:\[[^\]]*\])?){{0,20}}(?:\s*:\s*[\w.\[\], ]+)?
        \s*(?:[-+*/|&@%]|//|\*\*|<<|>>)?=(?!=)\s*[^\s=>])
    | (?:\(\s*\w+\s*,[\w\s,()]*\)\s*=[^=])
    | (?:{_NAME}\(\s*$)
    | (?:{_NAME}\(.*[)\]}}]*\)[,;:]?\s*(?:\#.*|//.*)?$)
    | (?:{_NAME}\([^()]*[,\[({{]\s*(?:\#.*)?$)
    | (?:>>>\s)|(?:In\s\[\d*\]:)
    | (?:[%!](?:pip|matplotlib|tensorflow_version|load_ext|tensorboard|ls|cd|git|wget|python)\b)
    | (?:\#include\s*[<"])|(?:\#!/)|(?:using\s+namespace\s)|(?:template\s*<)
    | (?:(?:public|private|protected|static|const|auto|int|float|double|void|std::\w+|let|var)\s
        [^.]*[;{{(]\s*(?://.*)?$)
    | (?:(?:pip3?|conda)\s+install\s)|(?:git\s+clone\s)|(?:python3?\s+-?[\w./-]+\.py\b)
    | (?:python3?\s+-[cm]\s)|(?:bazel\s+build\s)|(?:docker\s+(?:run|build|pull)\s)
    | (?:export\s+\w+=)|(?:sudo\s+\w)|(?:apt(?:-get)?\s+install\s)
    | (?:\$\s+[\w./])|(?:\w[\w.-]*@[\w.-]+:[^\s$\#]*[$\#]\s)
    )""",
    re.VERBOSE,
)
_ENDS_AS_CODE = re.compile(r"\S.*[\w)\]\"'}>]\s*[;{]\s*(?://.*)?$|\s*\}\s*;?\s*$")
_PROSE_WORDS = re.compile(r"(?:[A-Za-z][a-z']*,?\s+){5}")
_LOOSE = re.compile(
    r"""\s{2,}\S | \s*\#.* | \s*//.* | \s*[\])}]+[\s,;:)\]}]*(?:\#.*)?$ | \s*"{3} | \s*'{3}
    | \.\.\.(?:\s|$) | \s*[\[({"'\d].*[\])}"'\d],?\s*$ | @\w+\s*$ | (?:pass|break|continue)\s*$
    | \s*(?:assert|del|global|yield|print|async|await)\s | (?:[\w*]+=[^=].*[,)]\s*$)
    """,
    re.VERBOSE,
)
_LOG = re.compile(
    r"""\s*+(?:
      \[?\(?\d{4}[-/]\d\d[-/]\d\d[T\s]\s?\d\d?:\d\d
    | \[?\d\d:\d\d:\d\d\b
    | Epoch\s*[\[(:]?\s*\d+(?:\s*/\s*\d+|:|\]|\s*$|,)
    | (?:\[?[Ee]poch|[Ii]ter(?:ation)?|[Ss]tep|[Bb]atch)\W{0,3}\d+\b.{0,40}(?:loss|acc|cost|time)
    | \d+/(?:\d+|Unknown)\s*(?:\[|-\s|━|-\d)
    | (?:WARNING|INFO|DEBUG)\b\s?[:\[(]
    | [IWEF]\d{4}\s\d\d:\d\d
    | [IWEF]\s(?:tensorflow|external|/|c:)
    | _{10,}\s*$ | ={10,}\s*$ | -{20,}\s*$ | \+[-=+]{6,}\s*$ | \|[=-]{6,}
    | Layer\s\(type\) | (?:Total|Trainable|Non-trainable|Optimizer)\s(?:params|parameters)\s?:
    | [\w./-]++\s\([A-Z]\w+\)\s.*\(.*\).*\d
    | (?:Collecting|Downloading|Requirement\salready\ssatisfied:)\s\S
    | (?:Installing\scollected|Attempting\suninstall|Found\sexisting\sinst|Uninstalling)
    | Successfully\s(?:installed|built|uninstalled)\s | Using\s\w+\sbackend\.?$
    | (?:tf\.Tensor|<tf\.\w+|array|tensor|ndarray|DeviceArray|Array)[\s(]\s?[\[(\d-]
    | (?:[\w/.-]*+:\d+:\s)?\w*Warning:\s
    | \[\[.*\d[\s.,\]]*(?:\#.*)?$ | \[\s?-?\d[\d\s.,e+-]*\]{0,9},?\s*(?:\#.*)?$
    | (?:val_)?(?:loss|accuracy|acc)\s?[:=]\s?\d
    | (?:Train|Validate)\son\s\d+\s(?:samples|steps)
    | Instructions\sfor\supdating: | Model:\s"
    | name:\s?".*"\s*$ | (?:node|op|attr|key|value|input|device)\s?[:{]\s?["{]?
    )""",
    re.VERBOSE,
)
_LOOSE_LOG = re.compile(r"[\s\[\]()\d.,:eE+|*/=_<>-]*$")
_LANGUAGES = (
    ("cpp", re.compile(r"\s*(?:#include\b|using namespace |template\s?<|std::|[^;]*;\s*$)")),
    (
        "shell",
        re.compile(r"\s*(?:\$ |#!/bin|sudo |pip3? |conda |git |bazel |docker |python3? -?\w)"),
    ),
    (
        "python",
        re.compile(
            r"\s*(?:import \w|from [\w.]+ import\b|def \w|class \w[^{]*:|>>> |@\w|[!%]\w"
            r"|print\(|self\."
            r"|(?:for|if|while|with|elif)\b[^{]*:\s*$|[\w., \[\]]{1,60} [-+*/]?= \S|\w[\w.]*\()"
        ),
    ),
)
_FENCED = re.compile(r"`+([^`]+)`+\s*$")


def language_of(lines: Sequence[str]) -> str:
    """Language of code by the first line that gives it away: python, cpp or shell; else empty.

    By content, since Denchmark lost the fences that name one.
    """
    for line in lines:
        for language, pattern in _LANGUAGES:
            if pattern.match(line[:LINE_LIMIT]):
                return language
    return ""


def has_prose(line: str) -> bool:
    """Whether five plain words follow each other, which code and logs seldom do."""
    return _PROSE_WORDS.search(line) is not None


def kind_of(line: str) -> LineKind:
    """Judge a line by its content; see ``LineKind``."""
    return _kind_of(line[:LINE_LIMIT])


def _ends_as_code(line: str) -> bool:
    has_end = ";" in line or "{" in line or "}" in line
    return has_end and _ENDS_AS_CODE.match(line) is not None


@lru_cache(maxsize=8192)  # the parser asks several times, and issues share many lines
def _kind_of(line: str) -> LineKind:
    if not line or line.isspace():
        return LineKind.BLANK
    whole_span = _FENCED.match(line)
    if whole_span:
        line = whole_span[1]
    if _LOG.match(line):
        return LineKind.LOG
    if _CODE.match(line) or (_ends_as_code(line) and not has_prose(line)):
        return LineKind.CODE
    if _LOOSE.match(line) or _LOOSE_LOG.match(line):
        return LineKind.LOOSE
    return LineKind.TEXT
