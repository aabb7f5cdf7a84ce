import pytest

from classifier.chances import chance, percent


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "rather unlikely"),
        (0.15, "possible"),
        (0.5, "more likely than not"),
        (1.0, "very likely"),
    ],
)
def test_every_probability_has_its_words(probability: float, words: str) -> None:
    assert chance(probability) == words


@pytest.mark.parametrize(("share", "words"), [(0.0, "0 %"), (0.406, "41 %"), (1.0, "100 %")])
def test_a_share_is_told_in_whole_per_cent(share: float, words: str) -> None:
    assert percent(share) == words
