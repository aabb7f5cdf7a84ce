"""A finished fold is found again for equal code: all that it depends on must be in the digest."""

import subprocess
import sys

from training.provenance import MEASURED

UNMEASURED = {
    *("classifier.explain", "classifier.missing", "classifier.profile"),  # said beside a score
    "classifier.percentiles",  # the same, in a profile
    "classifier.severity",  # the same: folds are ranked by probability
    *("training.protocols", "training.splits"),  # which rows: they are part of a fold's key
    *("training.paired", "training.fold_store"),  # what becomes of an outcome
}
LOADED = (
    "import sys, training.evaluate; "
    "print(*(name for name in sys.modules if name.startswith(('classifier.', 'training.'))))"
)


def test_everything_that_a_fold_imports_is_in_the_digest() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )

    imported = set(answer.stdout.split()) - UNMEASURED

    assert {name.split(".")[1] for name in imported} <= MEASURED
    assert {"fit", "families", "normalize", "calibration"} <= MEASURED
