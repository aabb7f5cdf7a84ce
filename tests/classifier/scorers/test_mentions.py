import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from classifier.normalize import normalize
from classifier.scorers.features import FACTS, facts_of
from classifier.scorers.mentions import Mention, SeenIssue
from classifier.types import Issue, NormalizedIssue

MENTIONS = {fact.name: fact.of for fact in FACTS if isinstance(fact.of, Mention)}
SAID = """\
wrong Incorrectly inconsistency differs silently ignored overridden doesn't didn\u2019t expected
saved loading serializes regression TF2 proposal deprecated docs typo dll naïve 損失 no
\u017filently m\u0131\u017fmatch D\u0130FFERENT bro\u212aen"""
PHRASES = """\
used to work|is not updated|in version 2|since 1|out of memory|core dumped|should be|memory leak|
feature request|would be nice|is there any way|how to|what is the|print(x == y)|assert_allclose|
np.allclose|example in|broken link|bro\u212aen link"""
FRAGMENTS = (*SAID.split(), *PHRASES.split("|"))
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4)).map(" ".join)


@given(title=TEXTS, body=TEXTS, code=TEXTS)
def test_cues_spare_a_search_and_never_change_what_it_finds(
    make_issue: Callable[..., Issue], title: str, body: str, code: str
) -> None:
    seen = SeenIssue(normalize(make_issue(title, f"{body}\n\n```python\n{code}\n```\n")))

    for name, mention in MENTIONS.items():
        searched = re.search(mention.phrase.pattern, mention.text(seen).own, re.IGNORECASE)
        assert mention(seen) == float(searched is not None), name


def test_each_pattern_with_cues_is_found_by_way_of_them(make_issue: Callable[..., Issue]) -> None:
    everything = "\n".join(" ".join(FRAGMENTS[i:]) for i in range(4))
    issue: NormalizedIssue = normalize(
        make_issue(everything, f"{everything} performance, loss, build\n\n```\n{everything}\n```\n")
    )
    found = dict(zip((fact.name for fact in FACTS), facts_of([issue])[0], strict=True))

    assert {
        name for name, mention in MENTIONS.items() if mention.phrase.cues and not found[name]
    } == set()
