"""The Action's inputs, as ``action.yml`` hands them on: in the environment, never in a shell."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from classifier.criteria import parse_budget
from classifier.errors import InputError
from classifier.traces import NOT_SILENT_LABEL, POSSIBLE_LABEL

DEFAULT_THRESHOLD = 0.3
LONGEST_LABEL = 50  # characters; GitHub takes no more
MOST_ISSUES = 200  # a run asks for each by itself, and GitHub allows 1,000 requests an hour
MEANINGS = {"true": True, "false": False, "": False}
RANGE = re.compile(r"#?(\d{1,9})(?:-#?(\d{1,9}))?", re.ASCII)


class Mode(StrEnum):
    """What the Action does beside scoring."""

    COMMENT = "comment"
    LABEL = "label"
    SUMMARY = "summary"  # which is written anyway


@dataclass(frozen=True, slots=True)
class Settings:
    """What the maintainers asked for."""

    token: str = field(default="", repr=False)
    is_workflow_token: bool = True  # the one that GitHub makes for the run, not a token of theirs
    modes: frozenset[Mode] = frozenset({Mode.SUMMARY})
    threshold: float | None = None  # None: the profile's, else DEFAULT_THRESHOLD
    profile: Path | None = None
    budget: tuple[int, str] | None = None  # how many issues in which unit of time
    min_confidence: float = 0.0  # below this probability nothing is said, whatever the threshold
    label: str = POSSIBLE_LABEL
    is_dry_run: bool = False
    excluded_labels: frozenset[str] = frozenset()  # lower case
    excluded_authors: frozenset[str] = frozenset()  # lower case
    model: str | None = None
    issues: tuple[int, ...] = ()
    has_tracking_issue: bool = False
    result: str = ""  # what an earlier job found, in place of a model


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the variables ``INPUT_…``; an empty one is one that was not given.

    Raises InputError, which names the input, for one that makes no sense.
    """

    def given(name: str) -> str:
        return environment.get(f"INPUT_{name.upper().replace('-', '_')}", "").strip()

    settings = Settings(
        token=given("token"),
        is_workflow_token=_switch("is-workflow-token", given("is-workflow-token") or "true"),
        modes=_modes(given("mode")),
        threshold=_share("threshold", given("threshold")),
        profile=_path(given("profile"), environment.get("GITHUB_WORKSPACE", "")),
        budget=_budget(given("budget")),
        min_confidence=_share("min-confidence", given("min-confidence")) or 0.0,
        label=_label(given("label") or POSSIBLE_LABEL),
        is_dry_run=_switch("dry-run", given("dry-run")),
        excluded_labels=_names(given("exclude-labels")),
        excluded_authors=frozenset(
            name.removeprefix("@") for name in _names(given("exclude-authors"))
        ),
        model=given("model") or None,
        issues=_numbers(given("issues")),
        has_tracking_issue=_switch("tracking-issue", given("tracking-issue")),
        result=given("result"),
    )
    _check_together(settings)
    return settings


def _check_together(settings: Settings) -> None:
    if settings.threshold is not None and settings.profile is not None:
        raise InputError(
            "Inputs threshold and profile: both were given, and a profile has a threshold",
            hint="Give one of them; min-confidence sets a least probability beside a profile.",
        )
    if settings.budget is not None and settings.profile is None:
        raise InputError(
            "Input budget: how many issues pass is known from a profile, and none was given",
            hint="Run `silentrank calibrate` on your issues and give its file as `profile`.",
        )


def _modes(text: str) -> frozenset[Mode]:
    names = [name for name in re.split(r"[\s,]+", text.lower()) if name]
    if unknown := sorted(set(names) - set(Mode)):
        raise InputError(
            f"Input mode: {unknown[0]!r} is unknown", hint=f"Known: {', '.join(Mode)}; any set."
        )
    return frozenset({Mode.SUMMARY, *map(Mode, names)})


def _share(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0.0 <= share <= 1.0:
        raise InputError(
            f"Input {name}: {text!r} is no probability", hint="Give a number from 0 to 1."
        )
    return share


def _switch(name: str, text: str) -> bool:
    if text.lower() not in MEANINGS:
        raise InputError(f"Input {name}: {text!r} is unknown", hint="Give true or false.")
    return MEANINGS[text.lower()]


def _path(text: str, workspace: str) -> Path | None:
    return Path(workspace) / text if text else None


def _budget(text: str) -> tuple[int, str] | None:
    if not text:
        return None
    try:
        return parse_budget(text)
    except InputError as error:
        raise InputError(f"Input budget: {error}", hint=error.hint) from error


def _label(text: str) -> str:
    if len(text) > LONGEST_LABEL or len(text.splitlines()) > 1:
        raise InputError(
            f"Input label: {text[:60]!r} is no label",
            hint=f"Give one line of at most {LONGEST_LABEL} characters.",
        )
    if text.lower() == NOT_SILENT_LABEL:
        raise InputError(
            f"Input label: {text!r} is what people say that a guess is wrong by",
            hint=f"Name another one, such as {POSSIBLE_LABEL!r}.",
        )
    return text


def _names(text: str) -> frozenset[str]:
    """Names with commas or line breaks between them: labels have blanks."""
    return frozenset(name.strip().lower() for name in re.split(r"[,\n]", text) if name.strip())


def _numbers(text: str) -> tuple[int, ...]:
    numbers: set[int] = set()
    for part in filter(None, re.split(r"[\s,]+", text)):
        found = RANGE.fullmatch(part)
        if not found:
            raise InputError(
                f"Input issues: {part!r} is no issue number", hint="Give `123`, or `100-120,130`."
            )
        first = int(found[1])
        last = int(found[2] or first)
        if not 0 < first <= last or last - first >= MOST_ISSUES:
            raise InputError(
                f"Input issues: {part!r} is no range of 1 to {MOST_ISSUES} issues",
                hint="Give the lower number first, and fewer at a time.",
            )
        numbers.update(range(first, last + 1))
    if len(numbers) > MOST_ISSUES:
        raise InputError(
            f"Input issues: {len(numbers)} issues are more than {MOST_ISSUES}",
            hint="Run the workflow several times.",
        )
    return tuple(sorted(numbers))
