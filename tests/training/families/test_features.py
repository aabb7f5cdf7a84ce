import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from classifier.normalize import normalize
from classifier.scorers.linear import ANALYZERS
from classifier.types import Issue, IssueKey, NormalizedIssue
from training.families.terms import count_terms
from training.families.tfidf_features import TextSettings, fit_texts, transform_texts

TITLES = (
    "Loss is wrong",
    "Loss of precision, naïve café",
    "wrong wrong axis",
    "",
    "損失が違う axis",
)


def normalized(title: str, number: int) -> NormalizedIssue:
    return normalize(Issue(IssueKey("octo/grad", number), title))


@pytest.mark.parametrize("analyzer", ANALYZERS)
@given(texts=st.lists(st.text(alphabet="ab cÉé.\n", max_size=30), min_size=1, max_size=8))
def test_terms_are_counted_as_scikit_learn_does(analyzer: str, texts: list[str]) -> None:
    settings = {
        name: value for name, value in ANALYZERS[analyzer].items() if name != "sublinear_tf"
    }
    counts, terms = count_terms([*texts, "one two"], analyzer, minimum_count=1)

    reference = CountVectorizer(**settings)
    expected = reference.fit_transform([*texts, "one two"])

    assert terms == tuple(reference.get_feature_names_out())
    assert np.array_equal(counts.toarray(), expected.toarray())


@pytest.mark.parametrize("analyzer", ANALYZERS)
def test_features_are_those_of_scikit_learn(analyzer: str) -> None:
    issues = [normalized(title, number) for number, title in enumerate(TITLES)]
    settings = TextSettings(column="title", analyzer=analyzer, minimum_count=2, factor=0.5)  # type: ignore[arg-type] # of a table

    fitted, features = fit_texts([settings], issues)

    expected = 0.5 * TfidfVectorizer(**ANALYZERS[analyzer], min_df=2).fit_transform(
        [issue.segments[0].text if issue.segments else "" for issue in issues]
    )
    assert features.toarray() == pytest.approx(expected.toarray(), abs=1e-12)
    assert transform_texts(fitted, issues).toarray() == pytest.approx(features.toarray(), abs=1e-12)


def test_what_was_counted_before_changes_nothing() -> None:
    before = count_terms(["b a", "a"], "words", minimum_count=1)
    count_terms(["z y a", "c b", "k"], "words", minimum_count=1)
    after = count_terms(["b a", "a"], "words", minimum_count=1)

    assert before[1] == after[1] == ("a", "b")
    assert np.array_equal(before[0].toarray(), after[0].toarray())


def test_no_term_is_an_answer() -> None:
    counts, terms = count_terms(["", "!!!"], "words", minimum_count=1)

    assert terms == ()
    assert counts.shape == (2, 0)
