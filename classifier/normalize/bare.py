"""Code, logs and tracebacks without a fence, as a block rule of the markdown parser.

The rule comes before all others, so that ``# comment`` is no heading, ``*args`` no emphasis and
an indented line no new block, whether the reporter left the fence out or the renderer lost it.
"""

from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from classifier.normalize.lines import LineKind, has_prose, kind_of
from classifier.normalize.templates import opens_section
from classifier.normalize.tracebacks import TRACEBACK_LIMIT, find_error, is_traceback

if TYPE_CHECKING:
    from markdown_it.ruler import RuleOptionsType

_BLANKS_WITHIN = 2  # blank lines that a run of code survives
_FENCES = ("```", "~~~")
_MARKED = (*_FENCES, "|", ">", "- ", "* ", "+ ", "<!--", "[http")


def bare_plugin(parser: MarkdownIt) -> None:
    """Add the rule: a run of machine lines becomes a ``fence`` token with no markup."""
    interrupted: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("code", "bare", _bare, interrupted)


def _bare(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 (theirs)
    line = _line(state, start)
    if state.sCount[start] < state.blkIndent or not _opens_run(line):
        return False
    if silent:
        return True
    stop = _run_end(state, start, end)
    if stop == start:  # what opens a run may yet be a heading or a section of a template
        return False
    token = state.push("fence", "code", 0)
    token.content = "\n".join(_line(state, number) for number in range(start, stop))
    token.map = [start, stop]
    state.line = stop
    return True


def _line(state: StateBlock, number: int) -> str:
    """The line within its container, its indentation kept."""
    first = state.bMarks[number] + min(state.tShift[number], state.blkIndent)
    return state.src[first : state.eMarks[number]]


def _opens_run(line: str) -> bool:
    stripped = line.lstrip()
    if stripped.startswith(_MARKED) and not stripped.startswith(">>> "):
        return False
    return kind_of(line) in {LineKind.CODE, LineKind.LOG} or find_error([line], 0) is not None


def _run_end(state: StateBlock, start: int, end: int) -> int:
    """The line after the last machine line of the run that begins at ``start``."""
    stop, number, depth, blanks = start, start, 0, 0
    while number < end and (state.isEmpty(number) or state.sCount[number] >= state.blkIndent):
        line = _line(state, number)
        if line.lstrip().startswith(_FENCES):
            break
        kind = kind_of(line)
        if kind is LineKind.BLANK:
            blanks += 1
            if blanks > _BLANKS_WITHIN:
                break
            number += 1
            continue
        length = _error_length(state, number, end)
        if length == 0 and not _continues(line, kind, is_open=depth > 0, is_after_blank=blanks > 0):
            break
        depth = 0 if length else max(0, depth + _opened(line))
        number += max(1, length)
        stop, blanks = number, 0
    return stop


def _error_length(state: StateBlock, number: int, end: int) -> int:
    """How many lines an error that begins here takes; 0 if none does."""
    line = _line(state, number)
    if not is_traceback(line):
        return 1 if find_error([line], 0) else 0
    last = min(end, number + TRACEBACK_LIMIT)
    report = find_error([_line(state, index) for index in range(number, last)], 0)
    return report.stop if report else 0


def _continues(line: str, kind: LineKind, *, is_open: bool, is_after_blank: bool) -> bool:
    if kind is LineKind.TEXT:
        return is_open and not has_prose(line) and not opens_section(line)
    if line.startswith("#") and (opens_section(line) or (is_after_blank and line[:2] == "##")):
        return False
    if kind is LineKind.LOOSE and is_after_blank:
        return line[:1].isspace() or line.startswith(("#", "]", ")", "}"))
    return True


def _opened(line: str) -> int:
    """How many brackets a line leaves open, strings not told apart."""
    opened = line.count("(") + line.count("[") + line.count("{")
    return opened - line.count(")") - line.count("]") - line.count("}")
