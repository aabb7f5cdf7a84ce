"""Errors: a traceback, or one line that reports an error, wherever it stands.

A sentence that merely names an exception ("should raise a ValueError") is no error.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

MESSAGE_LIMIT = 400
TRACEBACK_LIMIT = 400  # lines
_TAIL_LIMIT = 40  # lines that may follow the message: node names, call stacks


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error found in lines: its type, its message and the index of the line after it."""

    exception: str
    message: str
    stop: int

    @property
    def text(self) -> str:
        """Type and message as an interpreter prints them."""
        return f"{self.exception}: {self.message}" if self.message else self.exception


_TYPE = r"[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|StopIteration|SystemExit|Timeout|Fault)|Error"
_HEADER = re.compile(
    rf"\s*(?:({_TYPE})\s{{2,}})?(?:Traceback \(most recent call (?:last|first)\)|Stack trace:)"
)
_FINAL = re.compile(rf"\s?(?:E\s{{1,8}})?({_TYPE})(?:\s?\[[^\]]*\])?\s*(?::\s*(.*)|$)")
_OTHER_FINAL = re.compile(r"((?:\w+\.){0,20}[A-Z](?=\w*[a-z])\w*)(?::\s+(.*)|$)")
_CHAIN = re.compile(r"\s*(?:During handling of the above|The above exception was)")
_FRAME = re.compile(
    r"""[ \t]
    | -+>\s*\d | ~?/\S | <\S+>\s?in\s | [A-Za-z]:\\ | (?:File|Input|Cell)\s?(?:In)?[ "\[<]
    | in(?:\s|$) | \.\.\.\s | -{20,} | \d+\s+(?:\S|$) | \[Previous\sline\srepeated
    | \S+\.(?:py|pyc)\s?in\s | \S+\.py:\d+ | \S+\sin\s\w+\(""",
    re.VERBOSE,
)
_FILE = re.compile(r"\s*File .*, line \d|\s*-+> ?\d")
_TAIL = re.compile(
    r"""[ \t]+\S | \[\[ | \s*\[Op: | Caused\sby\sop | Original\sstack | Function\scall\sstack
    | Errors\smay\shave | \w[\w\s>-]*->\s | \s*\(\d+\)\s | \d+\ssuccessful\soperations
    | Hint: | Input\sSource | \d\sderived\serrors""",
    re.VERBOSE,
)
_SUSPECT = re.compile(
    r"rror|xception|Check failed|terminate called|Segmentation fault|Aborted|Killed|Bus error"
    r"|\*\*\*|exit code|Interrupt:|Timeout:|Fault:|FATAL|FAILED|Iteration:|Exit:"
)
_LINE = re.compile(
    rf"(?:>+\s)?(?:E\s{{1,8}}|ERROR:\s|Uncaught\s(?:\(in promise\)\s)?)?({_TYPE})"
    r"(?:\s?\[[^\]]*\]|\s\(\w+\))?\s?:\s+(\S.*)"
)
_CUE = re.compile(
    r"(.{0,100}?\b(?:errors?|got|gets?|getting|gives?|gave|throws?|threw|raises?|raised|with|says"
    r"|saying|shows?|message|following|see|fails?|failed|receive[ds]?|traceback|exception)\b"
    rf"[^\w]{{1,6}}(?:an?\s|the\s|this\s|is\s)?[`'\"*]*)({_TYPE})[`*]*:\s+(\S.*)",
    re.IGNORECASE,
)
_NOT_REPORTED = re.compile(
    r"\b(?:should|would|must|expect\w*|instead|not|never|no|if|or)\b", re.IGNORECASE
)
_NATIVE = (
    (re.compile(r".{0,300}?\bCheck failed: (.*)"), "CheckFailed"),
    (re.compile(r"terminate called after throwing an instance of '([^']*)'"), "TerminateCalled"),
    (re.compile(r"Fatal Python error: (.*)"), "FatalPythonError"),
    (re.compile(r"(?:\S{0,80}:?\s)?(?:line \d+:\s*)?(?:\d+ )?(Segmentation fault)\b.{0,60}$"), ""),
    (
        re.compile(
            r"(?:\S{0,80}\s)?(?:\d+ )?(Aborted|Killed|Bus error)\s*(?:\(core dumped\).{0,60})?$"
        ),
        "",
    ),
    (re.compile(r"\*\*\* (?:Error|Process received signal)(.*)"), "FatalSignal"),
    (re.compile(r"Process finished with exit code [^0\s](.*)"), "ProcessExit"),
    (re.compile(r"Exception in thread \"[^\"]{0,80}\" (.*)"), "Exception"),
    (re.compile(r"[^\s:]{1,200}:\d+:(?:\d+:)? (?:fatal )?error: (.*)"), "CompileError"),
    (
        re.compile(r"(?:nvcc|make|ld|gcc|clang|cmake|collect2)\b.{0,80}?: (?:\*\*\*|error:?) (.*)"),
        "CompileError",
    ),
    (re.compile(r"(?:ERROR|FATAL|Error|FAILED): (\S.*)"), "Error"),
)


def find_error(lines: Sequence[str], start: int) -> ErrorReport | None:
    """The error whose first line is ``lines[start]``: a traceback's last one, or a line's own."""
    line = lines[start]
    if is_traceback(line):
        return _traceback(lines, start)
    return _error_line(line, start)


def is_traceback(line: str) -> bool:
    """Whether a line opens a traceback."""
    return ("Traceback (" in line or "Stack trace:" in line) and _HEADER.match(line) is not None


def find_told_error(line: str) -> ErrorReport | None:
    """An error quoted at the end of a sentence: "I get ValueError: bad shape"."""
    if "rror" not in line and "xception" not in line:
        return None
    told = _CUE.match(line)
    if told is None or _NOT_REPORTED.search(told[1]):
        return None
    return ErrorReport(_short(told[2]), _clip(told[3]), 1)


def _error_line(line: str, start: int) -> ErrorReport | None:
    report = _told_by(line.strip()[: 4 * MESSAGE_LIMIT])
    return replace(report, stop=start + 1) if report else None


@lru_cache(maxsize=8192)  # the parser asks for each line several times
def _told_by(stripped: str) -> ErrorReport | None:
    if not _SUSPECT.search(stripped):
        return None
    match = _LINE.match(stripped)
    if match and not match[1].endswith("Warning"):
        return ErrorReport(_short(match[1]), _clip(match[2]), 1)
    for pattern, exception in _NATIVE:
        match = pattern.match(stripped)
        if match:
            message = _clip(match[1])
            return ErrorReport(exception or message, message if exception else "", 1)
    return None


def _traceback(lines: Sequence[str], start: int) -> ErrorReport:
    """Follow frames and chained exceptions to the last one; without any, type ``Traceback``."""
    region = _dedented(lines[start : start + TRACEBACK_LIMIT])
    named = _HEADER.match(region[0])
    report = ErrorReport(_short(named[1]) if named and named[1] else "Traceback", "", 1)
    number = _announced(region, report.exception)
    while number < len(region):
        line = region[number]
        final = _FINAL.match(line)
        if final:
            stop = _after_tail(region, number + 1)
            report = ErrorReport(_short(final[1]), _clip(final[2] or ""), stop)
            number = _chained(region, stop)
            if number == stop:
                return replace(report, stop=start + stop)
        elif not line.strip() or _is_within(region, number):
            number += 1
        else:
            report = _unusual_end(line, number, report)
            return replace(report, stop=start + report.stop)
    stop = max(report.stop, _last_text(region, number))
    return replace(report, stop=start + stop)


def _dedented(lines: Sequence[str]) -> Sequence[str]:
    """Lines without the margin of the first."""
    margin = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    return [line.removeprefix(margin) for line in lines] if margin else lines


def _announced(region: Sequence[str], exception: str) -> int:
    """The line of the exception that the header names, as IPython's does; else the first frame."""
    for number in range(1, len(region)):
        final = _FINAL.match(region[number]) if exception in region[number] else None
        if final and _short(final[1]) == exception:
            return number
    return 1


def _is_within(lines: Sequence[str], number: int) -> bool:
    """Whether a traceback goes on: by the line itself, or by a frame just before or after it."""
    line = lines[number]
    if _FRAME.match(line) or _CHAIN.match(line) or is_traceback(line):
        return True
    near = [*lines[number - 1 : number], *lines[number + 1 : number + 4]]
    return any(_FILE.match(other) for other in near)


def _unusual_end(line: str, number: int, report: ErrorReport) -> ErrorReport:
    other = _OTHER_FINAL.match(line) if report.exception == "Traceback" else None
    if other:
        return ErrorReport(_short(other[1]), _clip(other[2] or ""), number + 1)
    return ErrorReport(report.exception, report.message, number)


def _after_tail(region: Sequence[str], number: int) -> int:
    stop = number
    for index in range(number, min(len(region), number + _TAIL_LIMIT)):
        if _TAIL.match(region[index]):
            stop = index + 1
        elif region[index].strip():
            break
    return stop


def _chained(region: Sequence[str], stop: int) -> int:
    """Where the next exception of the chain begins, or ``stop``."""
    for index in range(stop, min(len(region), stop + 3)):
        if _CHAIN.match(region[index]) or is_traceback(region[index]):
            return index + 1
        if region[index].strip():
            break
    return stop


def _last_text(lines: Sequence[str], stop: int) -> int:
    while stop > 0 and not lines[stop - 1].strip():
        stop -= 1
    return stop


def _short(dotted: str) -> str:
    return dotted.rpartition(".")[2]


def _clip(message: str) -> str:
    return " ".join(message.split())[:MESSAGE_LIMIT]
