"""Probabilities in words, the same ones wherever they are told."""

CHANCES = (
    (0.7, "very likely"),
    (0.5, "more likely than not"),
    (0.3, "a real possibility"),
    (0.15, "possible"),
    (0.0, "rather unlikely"),
)


def chance(probability: float) -> str:
    """A probability in words."""
    return next(words for least, words in CHANCES if probability >= least)


def percent(share: float) -> str:
    """A share in whole per cent."""
    return f"{100 * share:.0f} %"
