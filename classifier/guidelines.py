"""What each of the seven kinds of silent bugs is, and what to check first."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from classifier.types import Outlook, Scenario

NAMED_FROM = 0.4
"""How likely a scenario must be, given a silent bug, to be named: of seven, a clear favourite."""


@dataclass(frozen=True, slots=True)
class Guideline:
    """One kind of silent bug, and the first checks that tell whether it is one."""

    name: str
    definition: str  # one line, after the study
    headline: str  # completes "Perhaps …"
    checks: tuple[str, ...]


GUIDELINES: Mapping[Scenario, Guideline] = MappingProxyType(
    {
        Scenario.CALCULATION: Guideline(
            "Wrong calculation",
            "An operation runs to its end and gives a wrong number: loss, gradient, prediction.",
            "a wrong result",
            (
                "Work a tiny input out by hand, or with another library, and compare.",
                (
                    "Change one thing at a time: data type, device, batch size, axis, reduction. "
                    "Where does the result begin to differ?"
                ),
                "Follow weights, masks and gradients: is each applied, once, along the right axis?",
            ),
        ),
        Scenario.PARAMETER: Guideline(
            "Wrong parameter",
            "What the user set is ignored, or the framework uses another value than it was given.",
            "a parameter that is ignored, or set to something else",
            (
                "Give the parameter two extreme values. Does anything change?",
                (
                    "Read it back from the built object, then follow it from the signature to "
                    "where it is used; wrappers lose arguments on the way."
                ),
                "Compare the default with what the documentation says it is.",
            ),
        ),
        Scenario.MESSAGE: Guideline(
            "Wrong message",
            "What is shown, such as a metric, a summary or a warning, is not what is the case.",
            "something displayed that is wrong, missing or too much",
            (
                "Compute the displayed value directly and compare: metric, progress, summary.",
                (
                    "Is only the display wrong, or also what is returned, logged and handed to "
                    "callbacks?"
                ),
                "Look for a warning that should have come, or one that has no reason.",
            ),
        ),
        Scenario.SAVELOAD: Guideline(
            "Wrong save or reload",
            "A model, a layer or a state that was saved comes back as something else.",
            "something loaded that is not what was saved",
            (
                "Save, load in a new process, and compare the outputs for one fixed input.",
                "If they differ, compare weights, optimizer state and configuration one by one.",
                "Try each format, and note the versions that saved and that loaded.",
            ),
        ),
        Scenario.SHAPE: Guideline(
            "Wrong shape",
            "A result has other dimensions than it should, and nothing complains.",
            "a result of the wrong shape",
            (
                "Print the shape after each step, beside the one that the documentation promises.",
                "Try a batch of one, odd sizes and unknown dimensions.",
                "Look for broadcasting, which hides a mismatch until the numbers are wrong.",
            ),
        ),
        Scenario.PERFORMANCE: Guideline(
            "Performance degradation",
            "The result is right, but takes far more time or memory than it should.",
            "something that works, but too slowly or with too much memory",
            (
                "Measure time and memory over many steps, after a warm-up. Do they grow?",
                "Run the same script on the version before, on the same hardware.",
                "Look for work done anew in each step: tracing, copies, caches that only fill.",
            ),
        ),
        Scenario.STRUCTURE: Guideline(
            "Wrong structure",
            "The model that is built has other layers, links or weights than the code asks for.",
            "a model that is built other than asked for",
            (
                "Print layers, connections and parameter counts, beside what the code asks for.",
                (
                    "Which weights are trainable, shared or copied, before and after the step in "
                    "question?"
                ),
                "Build the same model by another interface and compare.",
            ),
        ),
    }
)
UNCLEAR = Guideline(
    "Kind unclear",
    "Wrong behaviour without a crash, a hang or an error message.",
    "of a kind that the report does not tell clearly",
    (
        "Reduce it to a script that prints what came out beside what should have.",
        "Run it on the version before, and on another device or data type.",
        "Rule out the usage: does the documentation promise what the report expects?",
    ),
)


IMPACTS: Mapping[int, str] = MappingProxyType({1: "mild", 2: "moderate", 3: "serious", 4: "severe"})
"""What the study's four levels of impact are called here."""


def guideline_for(outlook: Outlook | None) -> Guideline:
    """The checks for the likeliest kind; general ones where none is likely enough."""
    if outlook is None or outlook.scenario_probability < NAMED_FROM:
        return UNCLEAR
    return GUIDELINES[outlook.scenario]
