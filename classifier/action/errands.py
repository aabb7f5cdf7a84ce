"""What a run is for: one issue that something happened to, some issues by number, or a week's."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial

from classifier.action.decision import Decision, Stance, exclusion
from classifier.action.digest import DAYS, keep_tracking_issue, render_digest
from classifier.action.event import UNSCORABLE, Event
from classifier.action.inert import code_span
from classifier.action.inputs import Settings
from classifier.action.judging import Judge, Judgement, load_judge
from classifier.action.problems import Problem, problem_of
from classifier.action.report import Report
from classifier.action.responding import Outcome, in_order, judged, respond, writes
from classifier.action.result import decode_result
from classifier.action.tracker import IssueTracker, TrackedIssue
from classifier.errors import GitHubError, InputError, SilentrankError
from classifier.sources.records import Skipped

OpenTracker = Callable[[Settings, Event], IssueTracker]


@dataclass(frozen=True)
class Errand:
    """Why the Action runs, and with what; the tracker and the model are made on first use."""

    event: Event
    settings: Settings
    report: Report
    open_tracker: OpenTracker

    @cached_property
    def tracker(self) -> IssueTracker:
        """Where issues are read and written."""
        return self.open_tracker(self.settings, self.event)

    @cached_property
    def judge(self) -> Judge:
        """What tells how likely an issue is a silent bug."""
        judge = load_judge(self.settings)
        profiled = judge.profile.repository if judge.profile else ""
        if profiled not in {"", self.event.repository}:
            self.report.notes.append(f"The profile is of {code_span(profiled, 100)}, not of here.")
        return judge


def run_errand(errand: Errand) -> None:
    """Do it; the report tells what was found and done, whatever ends it.

    Raises SilentrankError where nothing can be done at all.
    """
    if errand.event.issue is not None:
        _one_issue(errand, errand.event.issue)
    elif errand.settings.issues:
        _by_number(errand)
    else:
        _week(errand, until=datetime.now(UTC))


def _one_issue(errand: Errand, tracked: TrackedIssue) -> None:
    if _is_left_out(errand, tracked):
        return
    outcome = judged(tracked, _judgement(errand, tracked))
    errand.report.outcomes.append(outcome)
    if writes(errand.settings):
        # one that comes from another repository is opened here, too, and may bring our comment
        has_just_come = errand.event.action == "opened" and not errand.event.is_rerun
        is_new = has_just_come and not tracked.comment_count
        _respond(errand, outcome, is_new=is_new)


def _judgement(errand: Errand, tracked: TrackedIssue) -> Judgement:
    if errand.settings.result:
        issue = tracked.issue
        return decode_result(errand.settings.result, key=issue.key, title=issue.title)
    return errand.judge.judge([tracked.issue], explain=True)[0]


def _by_number(errand: Errand) -> None:
    outcomes = _judge_all(errand, _fetched(errand))
    if writes(errand.settings):
        for outcome in outcomes:
            if outcome.decision.stance is Stance.LIKELY:
                outcome.judgement = _judgement(errand, outcome.tracked)  # with its reasons
            if not _respond(errand, outcome, is_new=False):
                break  # or the same would go wrong for each of them


def _week(errand: Errand, *, until: datetime) -> None:
    since = until - timedelta(days=DAYS)
    issues = errand.tracker.opened_since(since, partial(_skip, errand))
    outcomes = _judge_all(errand, issues)
    if errand.settings.has_tracking_issue:
        body = render_digest(
            outcomes, event=errand.event, first_day=since.date(), last_day=until.date()
        )
        is_dry = errand.settings.is_dry_run
        errand.report.deeds.append(keep_tracking_issue(errand.tracker, body, is_dry=is_dry))


def _fetched(errand: Errand) -> Iterator[TrackedIssue]:
    """Fetch issues one by one; one that is not there, or no issue to score, is told of."""
    for number in errand.settings.issues:
        try:
            tracked = errand.tracker.issue(number)
        except InputError as error:
            _skip(errand, Skipped(f"Issue {number}", str(error)))
            continue
        except GitHubError as error:
            errand.report.problems.append(problem_of(error))
            return
        if tracked is None:
            errand.report.notes.append(f"`{number}` is no issue of this repository.")
        else:
            yield tracked


def _skip(errand: Errand, skipped: Skipped) -> None:
    what = f"{skipped.place} cannot be scored: {skipped.reason}"
    errand.report.problems.append(Problem(what, UNSCORABLE))


def _judge_all(errand: Errand, issues: Iterable[TrackedIssue]) -> list[Outcome]:
    """Judge what is not left out; the outcomes are in the report, and returned in order."""
    known = {tracked.issue.key: tracked for tracked in issues if not _is_left_out(errand, tracked)}
    judgements = errand.judge.judge(tracked.issue for tracked in known.values()) if known else []
    outcomes = [judged(known[found.entry.key], found) for found in judgements]
    errand.report.outcomes += outcomes
    return in_order(outcomes)


def _is_left_out(errand: Errand, tracked: TrackedIssue) -> bool:
    reason = exclusion(tracked, errand.settings)
    if reason:
        outcome = Outcome(tracked, Decision(Stance.EXCLUDED, reason))
        errand.report.outcomes.append(outcome)
    return bool(reason)


def _respond(errand: Errand, outcome: Outcome, *, is_new: bool) -> bool:
    """Returns whether all went well; if not, the report says so."""
    try:
        respond(outcome, errand.settings, errand.tracker, is_new=is_new)
    except SilentrankError as error:
        errand.report.problems.append(problem_of(error))
        return False
    return True
