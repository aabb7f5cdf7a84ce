"""A finished fold is found again for equal code: all that it depends on must be in the digest."""

import subprocess
import sys

from training.provenance import MEASURED

EXPLAINS = {"classifier.explain", "classifier.missing", "classifier.profile"}
"""What is said beside a score; no fold asks for it."""
LOADED = (
    "import sys, training.evaluate; "
    "print(*(name for name in sys.modules if name.startswith(('classifier.', 'training.'))))"
)


def test_everything_that_a_fold_imports_is_in_the_digest() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )

    imported = set(answer.stdout.split()) - EXPLAINS

    assert {name.split(".")[1] for name in imported} <= MEASURED
    assert {"fit", "families", "normalize", "calibration"} <= MEASURED
