"""From how many on a number is shown: below, chance says more than the number does."""

BELOW = 5  # audited issues below those read by rank, for what is left to find
ABOVE = 10  # audited issues from the threshold on, for precision
SILENT = 5  # audited silent bugs, for recall
RELIABLE = 25  # audited issues with a clear answer, for reliability: five a point
AGREED = 10  # issues with two votes or more, for kappa
