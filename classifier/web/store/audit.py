"""The audit: issues that chance chose, so that what they show holds for all."""

GONE = ("deleted", "transferred")


def is_audit_due(decided_count: int, share: float) -> bool:
    """Whether the next issue after that many decisions is one that chance chose.

    Of any number of decisions in a row, ``share`` of them are, spread evenly.
    """
    return int((decided_count + 1) * share + 1e-9) > int(decided_count * share + 1e-9)
