"""Running ``silentrank`` as a user does, in this process."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from classifier.cli import main


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left behind."""

    exit_code: int
    output: str
    errors: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``silentrank`` with arguments, and bytes on standard input."""

    def build(*arguments: str | Path, given: bytes | io.RawIOBase = b"") -> Outcome:
        monkeypatch.setattr("sys.argv", ["silentrank", *map(str, arguments)])
        stream = io.BytesIO(given) if isinstance(given, bytes) else io.BufferedReader(given)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(stream))
        monkeypatch.setenv("COLUMNS", "200")
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return Outcome(code, captured.out, captured.err)

    return build


@pytest.fixture
def issues_file(tmp_path: Path) -> Path:
    """Three issues, the likeliest in the middle."""
    titles = (
        "crash with a segmentation fault",
        "metric is wrong, no error is shown",
        "how to install",
    )
    rows = [
        {
            "repo": "octo/demo",
            "number": number,
            "title": title,
            "body": f"It says: {title}",
            "url": f"https://github.com/octo/demo/issues/{number}",
        }
        for number, title in enumerate(titles, start=1)
    ]
    path = tmp_path / "issues.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path
