"""From issues to judgements: the scores, and what they are held against."""

from collections.abc import Iterable
from dataclasses import dataclass

from classifier.action.inputs import DEFAULT_THRESHOLD, Settings
from classifier.criteria import DAYS
from classifier.errors import InputError
from classifier.percentiles import model_quantiles, passed_by, percentile_of
from classifier.pipeline import Model, load, rank_issues
from classifier.profile import Profile, read_profile
from classifier.types import Issue, RankedIssue


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of one issue."""

    entry: RankedIssue
    model_id: str
    threshold: float  # from this probability on, the Action speaks
    percentile: float | None = None  # per cent of other issues with less; None where not known

    @property
    def is_likely(self) -> bool:
        """Whether it is worth a triager's time."""
        return self.entry.probability >= self.threshold


@dataclass(frozen=True, slots=True)
class Judge:
    """A model under what the maintainers asked for."""

    model: Model
    profile: Profile | None
    threshold: float
    quantiles: tuple[float, ...]  # of the probabilities that it gives; () where not known

    def judge(self, issues: Iterable[Issue], *, explain: bool = False) -> list[Judgement]:
        """Judge issues, the likeliest first; with reasons if asked."""
        ranking = rank_issues(
            issues, self.model, min_probability=0.0, profile=self.profile, explain=explain
        )
        return [
            Judgement(
                entry=entry,
                model_id=ranking.model_id,
                threshold=self.threshold,
                percentile=self._percentile(entry.probability),
            )
            for entry in ranking.entries
        ]

    def _percentile(self, probability: float) -> float | None:
        return percentile_of(probability, self.quantiles) if self.quantiles else None


def load_judge(settings: Settings) -> Judge:
    """Load model and profile. Raises SilentrankError if they are not there, or do not fit."""
    model = load(settings.model)
    profile = read_profile(settings.profile) if settings.profile else None
    threshold = _threshold(settings, profile)
    quantiles = profile.quantiles if profile else model_quantiles(model.model_id)
    return Judge(model, profile, max(threshold, settings.min_confidence), quantiles)


def _threshold(settings: Settings, profile: Profile | None) -> float:
    if profile is None:
        return DEFAULT_THRESHOLD if settings.threshold is None else settings.threshold
    if settings.budget is None:
        return profile.threshold
    if not profile.quantiles or profile.days is None:
        raise InputError(
            f"Input budget: {settings.profile} does not say how many issues come in, or how "
            "likely they are",
            hint="Run `silentrank calibrate` again, on issues with opening dates.",
        )
    count, unit = settings.budget
    share = count / DAYS[unit] * profile.days / profile.issue_count
    return passed_by(min(share, 1.0), profile.quantiles)
