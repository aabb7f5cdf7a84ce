"""What is done about one issue once it was judged, and in which order."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from classifier.action.comment import render_comment, render_withdrawal
from classifier.action.decision import Decision, Stance, decide, silence
from classifier.action.history import History, read_history
from classifier.action.inputs import Mode, Settings
from classifier.action.judging import Judgement
from classifier.action.managed import Deed, Did, Text, find_own, publish, update_own
from classifier.action.tracker import IssueTracker, TrackedIssue
from classifier.traces import COMMENT


@dataclass(slots=True)
class Outcome:
    """What is known of one issue so far. It grows, so that a failure loses nothing of before."""

    tracked: TrackedIssue
    decision: Decision
    judgement: Judgement | None = None
    deeds: list[Deed] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The issue's number."""
        return self.tracked.issue.key.number

    @property
    def comment_id(self) -> int | None:
        """The comment, where there is one."""
        return next((deed.id for deed in self.deeds if deed.thing == COMMENT), None)

    @property
    def probability(self) -> float:
        """0.0 where it was not judged."""
        return self.judgement.entry.probability if self.judgement else 0.0

    @property
    def in_short(self) -> str:
        """One line for the log, without a word of the issue's."""
        if self.judgement is None:
            return f"issue {self.number}: {self.decision.stance}, {self.decision.reason}"
        done = "".join(f"; {deed.thing} {deed.did}" for deed in self.deeds)
        return f"issue {self.number}: {self.probability:.1%}, {self.decision.stance}{done}"


def without_writing(settings: Settings) -> Settings:
    """The same settings, but nothing is posted."""
    return replace(settings, modes=frozenset({Mode.SUMMARY}), has_tracking_issue=False)


def judged(tracked: TrackedIssue, judgement: Judgement) -> Outcome:
    """Begin with what the judgement says."""
    return Outcome(tracked, decide(judgement), judgement)


def in_order(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Those that were judged, the likeliest first, then the oldest."""
    scored = (outcome for outcome in outcomes if outcome.judgement)
    return sorted(scored, key=lambda outcome: (-outcome.probability, outcome.number))


def writes(settings: Settings) -> bool:
    """Whether anything but the summary was asked for."""
    return bool(settings.modes - {Mode.SUMMARY})


def respond(outcome: Outcome, settings: Settings, tracker: IssueTracker, *, is_new: bool) -> None:
    """Comment and label as the settings say, or step aside; ``outcome`` tells what was done.

    Raises SilentrankError where the tracker refuses; what was done until then is told all the same.
    """
    is_likely = outcome.decision.stance is Stance.LIKELY
    if reason := silence(outcome.tracked):
        _step_aside(outcome, reason)
    elif is_likely:
        _speak(outcome, settings, tracker, is_new=is_new)
    elif not is_new:  # of a new issue nothing was said before
        _retreat(outcome, settings, tracker)


def _step_aside(outcome: Outcome, reason: str) -> None:
    if outcome.decision.stance is Stance.LIKELY:
        outcome.decision = Decision(Stance.HANDS_OFF, reason)


def _speak(outcome: Outcome, settings: Settings, tracker: IssueTracker, *, is_new: bool) -> None:
    history = read_history(tracker, outcome.number, label=settings.label)
    if history.silence:
        _step_aside(outcome, history.silence)
        return
    judgement = outcome.judgement
    if Mode.COMMENT in settings.modes and judgement is not None:
        text = Text(render_comment(judgement, label=settings.label), outcome.tracked.updated_at)
        outcome.deeds.append(
            publish(tracker, outcome.number, text, is_new=is_new, is_dry=settings.is_dry_run)
        )
    if Mode.LABEL in settings.modes:
        outcome.deeds.append(_label(outcome, settings, tracker, history))


def _label(outcome: Outcome, settings: Settings, tracker: IssueTracker, history: History) -> Deed:
    if history.is_ours:
        return Deed("label", Did.UNCHANGED, "it is there already")
    if not settings.is_dry_run:
        tracker.add_label(outcome.number, settings.label)
    return Deed("label", Did.ADDED)


def _retreat(outcome: Outcome, settings: Settings, tracker: IssueTracker) -> None:
    """Say of an issue that fell below the threshold what still holds, where anything was said."""
    labels = {label.casefold() for label in outcome.tracked.issue.labels}
    has_label = Mode.LABEL in settings.modes and settings.label.casefold() in labels
    own = find_own(tracker, outcome.number) if Mode.COMMENT in settings.modes else None
    if own is None and not has_label:
        return
    history = read_history(tracker, outcome.number, label=settings.label)
    if history.silence:
        return
    if own is not None and outcome.judgement is not None:
        text = Text(render_withdrawal(outcome.judgement), outcome.tracked.updated_at)
        outcome.deeds.append(update_own(tracker, own, text, is_dry=settings.is_dry_run))
    if has_label and history.is_ours:
        if not settings.is_dry_run:
            tracker.remove_label(outcome.number, settings.label)
        outcome.deeds.append(Deed("label", Did.REMOVED, "the issue reads otherwise now"))
