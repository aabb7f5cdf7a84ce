"""How reporters say things, as patterns."""

from classifier.scorers.mentions import Phrase


def _any_of(words: str) -> str:
    return rf"\b(?:{'|'.join(words.split())})\b"


EXCEPTION_NAME = Phrase(r"\b[A-Z][A-Za-z]*(?:Error|Exception|Warning)\b")
WRONG = Phrase(
    _any_of(
        """wrong(?:ly)? incorrect(?:ly)? inconsistent(?:ly)? inconsistency mismatch(?:es|ed)?
        different(?:ly)? differs? discrepancy unexpected(?:ly)? misleading ambiguous inaccurate
        silent(?:ly)? ignor(?:es|ed|ing) overrid(?:es|den) overwrit(?:es|ten) double twice
        missing lost loses"""
    ),
    cues="wrong|incorrect|inconsisten|mismatch|differ|discrepancy|unexpected|misleading|ambiguous|"
    "inaccurate|silent|ignor|overrid|overwrit|double|twice|missing|lost|loses",
)
NOT_DOING = Phrase(
    r"\b(?:does|do|did|is|are|was|were|has|have|should|will|can)(?: not|n['\u2019]t)\s+"
    r"(?:\w+\s+){0,2}?"
    r"(?:work|affect|update|change|save|load|restore|respect|honou?r|match|equal|return|reset"
    r"|apply|applied|appear|show|display|propagate|forward|pass|use|used|set|same|correct)",
    cues=" not|n't|n\u2019t",
)
CRASH = Phrase(
    _any_of(
        """crash(?:es|ed|ing)? segfaults? segmentation core\\sdump(?:ed)? abort(?:s|ed)? hangs?
        freez(?:es|ing) stuck deadlock fail(?:s|ed|ure)? error(?:s)? exception traceback
        out\\sof\\smemory oom raises? throws?"""
    ),
    cues="crash|segfault|segmentation|dump|abort|hang|freez|stuck|deadlock|fail|error|exception|"
    "traceback|memory|oom|raise|throw",
)
BUILD = Phrase(
    _any_of(
        "(?<!nightly\\s)build(?:ing)? compil(?:e|ing|ation) install(?:ing|ation)? bazel pip dll"
    ),
    cues="build|compil|install|bazel|pip|dll",
)
FEATURE = Phrase(
    r"\b(?:feature request|please add|would be (?:nice|great|useful|helpful)|it is desirable"
    r"|add support|support for|enhancement|proposal|deprecat(?:ed?|ion))\b",
    cues="feature request|please add|would be |it is desirable|add support|support for|"
    "enhancement|proposal|deprecat",
)
QUESTION = Phrase(
    r"\b(?:how (?:to|do|can|should)|is it possible|is there (?:a|any) way|what is the)\b",
    cues="how |is it possible|is there a|what is the",
)
DOCUMENTATION = Phrase(
    r"\b(?:docs?|documentation|docstring|tutorial|typo|broken link|example in)\b",
    cues="doc|tutorial|typo|broken link|example in",
)
EXPECTATION = Phrase(
    r"\b(?:expect(?:ed|s)?|should (?:be|have|return|give|equal|match))\b", cues="expect|should "
)
COMPARISON = Phrase(
    r"\ballclose\b|\bassert\b|\barray_equal\b|assert_(?:allclose|equal|almost_equal)"
    r"|\bprint\([^\n]{0,80}(?:==|-)",
    cues="allclose|assert|array_equal|print(",
)
SAVING = Phrase(
    r"\b(?:save|load|saved|loaded|saving|loading|reload|restore|checkpoint|serializ\w+)\b",
    cues="save|load|saving|restore|checkpoint|serializ",
)
PERFORMANCE = Phrase(
    r"\b(?:slow(?:er|ly|down)?|performance|memory leak|speed|times faster|throughput)\b",
    cues="slow|performance|memory leak|speed|times faster|throughput",
)
VERSIONS = Phrase(
    r"\b(?:used to work|worked (?:in|with|on)|regression|in (?:tf|version) ?\d|since \d)",
    cues="used to work|worked |regression|in tf|in version|since ",
)
NUMBERS = Phrase(
    r"\b(?:accuracy|loss|metric|gradient|result|value|output|shape|weight|nan|zero)s?\b",
    cues="accuracy|loss|metric|gradient|result|value|output|shape|weight|nan|zero",
)
QUESTION_IN_TITLE = Phrase(r"\?|^(?:how|what|why|is|can|does)\b")
