"""What tables and rows are called from which others are computed."""

COLD, COLD_MEMORY = "Start to end, one issue", "Peak memory, one issue"
THROUGHPUT, MEMORY = "Throughput", "Peak memory"
HELP, SCORE, RANK = "silentrank --help", "silentrank score", "silentrank rank"
SHARES = "Where the time of rank goes"
TOGETHER = "normalizing, facts and tokens together"
INSTALLED, WHOLE = "Installed size", "silentrank and what it needs"
PRODUCTS = "Multiplying weights, 8-bit whole numbers"
OPERATIONS, LIMIT, REACHED = (
    "operations an issue",
    "the products alone: the limit",
    "the scorer's graph",
)
ACTION, COMMENTING = "The Action, packages installed", "an event to its comment"
SCORING = "of which loading, scoring, reasons"
INSTALLING = "The Action's packages, nothing cached"
TARGETS = "Targets"


def of_issues(count: int) -> str:
    """How a row says how many issues it is about."""
    return f", {count:,} issues"
