"""The competition's own file, where it is."""

from pathlib import Path

import pytest

from training.classification.settings import read_task
from training.classification.table import read_training_issues

CONFIG = Path(__file__).parents[3] / "configs" / "nlbse24.toml"


def test_the_competitions_training_half_fits_its_configuration(shared_data: Path) -> None:
    file = shared_data / "nlbse24_train.parquet"
    if not file.is_file():
        pytest.skip(f"needs the competition's issues; no {file}")

    issues = read_training_issues(file, read_task(CONFIG).task)

    assert len(issues.issues) == 1500
    assert len(set(issues.groups)) == 5
    assert all(issue.opened_at for issue in issues.issues)
