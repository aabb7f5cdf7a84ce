import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.normalize import normalize
from classifier.scorers.features import FACTS, TEXT_COLUMNS, Fact, facts_of, texts_of
from classifier.types import Issue, IssueKey, NormalizedIssue

Words = tuple[str, str]  # title, body

TRACEBACK = """```
Traceback (most recent call last):
  File "train.py", line 3, in <module>
    fit()
ValueError: shapes differ
```"""
LOG = "\n".join(f"2021-03-04 05:06:0{n}.123456: I tensorflow/core/a.cc:{n}] step" for n in range(9))
EXPECTED = """**Describe the current behavior**
The mean comes out as 3.

**Describe the expected behavior**
The mean comes out as 2."""
PLAIN = ("Layer order", "Two layers come in another order.")

EXAMPLES: dict[str, tuple[Words, Words]] = {  # fact: what has it, what lacks it
    "has_error": (("Fit", TRACEBACK), PLAIN),
    "error_lines": (("Fit", TRACEBACK), PLAIN),
    "exception_in_title": (("ValueError in fit", ""), ("A value in fit", TRACEBACK)),
    "crash_in_title": (("Segmentation fault in fit", ""), ("Layer order", "It crashed.")),
    "wrong_in_title": (("Gradients are incorrect", ""), ("Gradients", "They are incorrect.")),
    "inaction_in_title": (("fit does not use weights", ""), ("fit", "It doesn't use weights.")),
    "wrong": (("Gradients", "They are silently ignored."), PLAIN),
    "inaction": (("Weights", "Setting them doesn’t change anything."), PLAIN),  # noqa: RUF001 - typed so
    "crash": (("Fit", "It raises after an hour."), PLAIN),
    "expected": (("Mean", "It should be 2."), PLAIN),
    "expected_section": (("Mean", EXPECTED), PLAIN),
    "current_section": (("Mean", EXPECTED), PLAIN),
    "code_lines": (("Fit", "```python\nmodel.fit(x)\n```"), PLAIN),
    "log_lines": (("Fit", f"```\n{LOG}\n```"), PLAIN),
    "prose_lines": (PLAIN, ("Layer order", "")),
    "comparison": (
        ("Fit", "```python\nassert np.allclose(a, b)\n```"),
        ("Fit", "We assert nothing.\n```python\nfit(a, b)\n```"),
    ),
    "saving": (("Weights", "After loading a checkpoint they are zero."), PLAIN),
    "performance": (("Fit", "It is twice as slow."), PLAIN),
    "versions": (("Fit", "It worked in 1.15."), PLAIN),
    "numbers": (("Fit", "The accuracy stays at chance."), PLAIN),
    "build": (("Fit", "I compile from source with bazel."), PLAIN),
    "feature": (("Fit", "Please add an option."), PLAIN),
    "question": (("Fit", "Is it possible to sort them?"), PLAIN),
    "question_in_title": (("Why this order?", ""), ("Order", "Why this order?")),
    "documentation_in_title": (("Typo in the guide", ""), ("Guide", "It has a typo.")),
    "documentation": (("Guide", "The docstring says otherwise."), PLAIN),
}
BY_NAME = {fact.name: fact for fact in FACTS}


def read(words: Words) -> NormalizedIssue:
    return normalize(Issue(IssueKey("octo/demo", 1), *words))


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_each_fact_holds_of_one_example_and_not_of_the_other(fact: Fact) -> None:
    assert fact.name in EXAMPLES, "a new fact needs an example of each kind"
    having, lacking = EXAMPLES[fact.name]

    assert fact.measure(read(having)) > 0
    assert fact.measure(read(lacking)) == 0


def test_examples_are_of_facts_there_are() -> None:
    assert set(EXAMPLES) == set(BY_NAME)


def test_names_and_words_tell_facts_apart() -> None:
    assert len(BY_NAME) == len(FACTS)
    assert len({word for fact in FACTS for word in (fact.present, fact.absent)}) == 2 * len(FACTS)


@given(title=st.text(), body=st.text())
def test_facts_of_any_text_are_finite_numbers_from_zero(title: str, body: str) -> None:
    values = facts_of([read((title, body))])

    assert values.shape == (1, len(FACTS))
    assert np.isfinite(values).all()
    assert (values >= 0).all()


HOSTILE = (
    "does not " * 5_000,
    "Error" * 10_000,
    "a" * 50_000,
    "is" + " " * 50_000,
    "print(" * 9_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=["pairs", "names", "letters", "blanks", "calls"])
def test_repetition_is_read_to_the_end(text: str) -> None:
    issue = read((text[:200], f"{text}\n\n```python\n{text}\n```"))

    assert np.isfinite(facts_of([issue])).all()


def test_a_text_holds_the_segments_of_its_kinds_in_reading_order() -> None:
    body = f"# Intro\nOne.\n\n- two\n\n```python\nthree()\n```\n\n{TRACEBACK}\n\nFour."

    texts = texts_of([read(("Title", body))])

    assert tuple(texts) == TEXT_COLUMNS
    assert texts["title"] == ["Title"]
    assert texts["prose"] == ["Intro\nOne.\ntwo\nFour."]
    assert texts["code"] == ["three()"]
    assert "ValueError" in texts["error"][0]
    assert "three" not in texts["error"][0]
