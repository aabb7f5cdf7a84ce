"""What can be said of the researcher's commands without running them."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from typer.main import get_command

from training import cli
from training.cli import options

REPOSITORY = Path(__file__).parents[2]


def commands(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - typer keeps the type private
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


COMMANDS = dict(commands(get_command(cli.app)))


def test_the_commands_are_those_that_are_documented() -> None:
    assert set(COMMANDS) == {
        "labels extract",
        "labels distil",
        "hydrate",
        "check-normalizer",
        "evaluate",
        "leaderboard",
        "train",
        "predict",
        "promote",
        "rollback",
        "reproduce",
        "faithfulness",
        "audit",
        "curve",
        "severity",
        "percentiles",
        "collect",
        "collect-feedback",
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_says_what_it_does_and_shows_an_example(name: str) -> None:
    command = COMMANDS[name]

    assert command.help.splitlines()[0].endswith(".")
    assert f"\nsilentrank-train {name}" in command.help
    assert all(getattr(parameter, "help", "") for parameter in command.params)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_the_same_on_every_machine(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["silentrank-train", *name.split(), "--help"])
    monkeypatch.setenv("COLUMNS", "200")

    with pytest.raises(SystemExit):
        cli.main()

    help_text = capsys.readouterr().out
    assert str(Path.cwd()) not in help_text
    assert f"[default: {options.JOBS}]" not in help_text


def test_without_the_extra_the_pip_command_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "NEEDED", ("no_such_package",))
    monkeypatch.setattr("sys.argv", ["silentrank-train", "--help"])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 1
    assert "pip install 'silentrank[train]'" in capsys.readouterr().err


def test_what_is_looked_for_is_what_the_extra_installs() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    extra = project["optional-dependencies"]["train"]

    names = {Requirement(requirement).name for requirement in extra}
    assert names - {"scikit-learn"} | {"sklearn"} == set(cli.NEEDED)


def test_wrong_usage_has_an_exit_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["silentrank-train", "evaluate", "x.toml", "--jobs", "0"])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 2
    assert "--jobs" in capsys.readouterr().err
