"""What one run has to tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from classifier.action.comment import render_comment
from classifier.action.managed import Deed
from classifier.action.problems import Problem
from classifier.action.responding import Outcome, in_order
from classifier.action.result import encode_result

DIGITS = 6  # more of a probability is noise


@dataclass(slots=True)
class Report:
    """Grows with the run, so that whatever ends it, what was found until then is told."""

    outcomes: list[Outcome] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)  # about no issue in particular
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # in our own words
    is_dry_run: bool = False
    label: str = ""

    @property
    def first(self) -> Outcome | None:
        """The likeliest issue, else whichever came first."""
        return next(iter([*in_order(self.outcomes), *self.outcomes]), None)

    @property
    def preview(self) -> str:
        """The comment that the likeliest issue has, or would have."""
        first = self.first
        if first is None or first.judgement is None or not first.judgement.is_likely:
            return ""
        return render_comment(first.judgement, label=self.label)

    def outputs(self) -> Mapping[str, str]:
        """What the next step of the workflow can read: about the likeliest issue."""
        outputs = dict.fromkeys(OUTPUTS, "")
        first = self.first
        if first is None:
            return outputs | {"decision": "failed"} if self.problems else outputs
        outputs["decision"] = first.decision.stance
        outputs["issue"] = str(first.number)
        outputs["comment-id"] = str(first.comment_id or "")
        if (judgement := first.judgement) is not None:
            entry, percentile = judgement.entry, judgement.percentile
            outputs["probability"] = f"{entry.probability:.{DIGITS}f}"
            outputs["rank-percentile"] = "" if percentile is None else f"{percentile:.1f}"
            outputs["scenario"] = entry.outlook.scenario if entry.outlook else ""
            outputs["impact"] = str(entry.outlook.impact) if entry.outlook else ""
            outputs["model"] = judgement.model_id
            outputs["result"] = encode_result(judgement) if len(self.outcomes) == 1 else ""
        return outputs


OUTPUTS = (
    *("probability", "rank-percentile", "decision", "scenario", "impact", "comment-id", "model"),
    *("issue", "result"),
)
