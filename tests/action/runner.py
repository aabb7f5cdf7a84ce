"""A runner in miniature: does what ``action.yml`` says, step by step, as GitHub's runner does.

`run` steps are run in their shell with nothing in the environment but what GitHub puts there.
Of `uses` steps, those that prepare Python and its packages are known and taken as done.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

ROOT = Path(__file__).parents[2]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
COMMAND = re.compile(r"::(?P<name>[\w-]+)(?: (?P<properties>[^:]*))?::(?P<data>.*)")
OLD_COMMAND = re.compile(r"##\[(?P<name>[\w-]+)[^\]]*\](?P<data>.*)")
PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40}")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Command:
    """A workflow command that the runner obeyed."""

    name: str
    data: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of the Action left behind."""

    exit_code: int
    log: str
    commands: tuple[Command, ...]
    outputs: Mapping[str, str]
    summary: str


@dataclass(slots=True)
class Runner:
    """A machine with its folders; each run gets new ones."""

    folder: Path
    api_url: str
    repository: str = "octo/demo"
    is_cached: bool = True  # whether the packages are there from an earlier run
    packages: Path = Path(sys.prefix)  # the environment that holds them
    count: int = field(default=0, init=False)

    def run(
        self,
        event: str,
        payload: Json,
        *,
        token: str,
        is_own_token: bool = False,  # one that maintainers made, in place of the run's
        **inputs: str,
    ) -> Outcome:
        """Run the Action for an event; inputs are named as Python names are."""
        self.count += 1
        place = self.folder / f"run-{self.count}"
        job = _Job(self, place, event, payload, "ghs_of_the_run" if is_own_token else token)
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        return job.run({**given, **({"token": token} if is_own_token else {})})


class _Job:
    """One run of the composite action."""

    def __init__(self, runner: Runner, place: Path, event: str, payload: Json, token: str) -> None:
        self.runner = runner
        self.place = place
        self.steps: dict[str, dict[str, str]] = {}  # outputs by the step's id
        for name in ("workspace", "temp", "files"):
            (place / name).mkdir(parents=True, exist_ok=True)
        (place / "event.json").write_text(json.dumps(payload), encoding="utf-8")
        self.token = token
        self.log: list[str] = []
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(place),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_API_URL": runner.api_url,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(place / "event.json"),
            "GITHUB_REPOSITORY": runner.repository,
            "GITHUB_WORKSPACE": str(place / "workspace"),
            "GITHUB_STEP_SUMMARY": str(place / "files" / "summary"),
            "RUNNER_TEMP": str(place / "temp"),
            # what is not on this machine cannot be reached
            **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9"),
            "NO_PROXY": "127.0.0.1",
            "PIP_INDEX_URL": "http://127.0.0.1:9",
            "PIP_RETRIES": "0",
        }

    def run(self, given: Mapping[str, str]) -> Outcome:
        action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
        unknown = set(given) - set(action["inputs"])
        assert not unknown, f"action.yml has no input {unknown}"
        defaults = {
            name: self._fill(entry["default"], {}) for name, entry in action["inputs"].items()
        }
        inputs = defaults | dict(given)
        exit_code = 0
        for step in action["runs"]["steps"]:
            if self._holds(step.get("if", "true"), inputs):
                exit_code = self._step(step, inputs)
            if exit_code:
                break
        outputs = {
            name: self._fill(entry["value"], inputs) for name, entry in action["outputs"].items()
        }
        log = "".join(self.log)
        return Outcome(
            exit_code=exit_code,
            log=log,
            commands=tuple(commands_in(log.splitlines())),
            outputs=outputs,
            summary=_read(self.place / "files" / "summary"),
        )

    def _step(self, step: Json, inputs: Mapping[str, str]) -> int:
        identifier = step.get("id", "")
        if "uses" in step:
            assert PINNED.fullmatch(step["uses"]), f"{step['uses']} is not pinned"
            options = {
                name: self._fill(_text(value), inputs) for name, value in step["with"].items()
            }
            self.steps[identifier] = KNOWN[step["uses"].partition("@")[0]](self, options)
            return 0
        assert step["shell"] == "bash"
        assert not EXPRESSION.search(step["run"]), "an expression in a shell"
        output = self.place / "files" / f"output-{identifier}"
        variables = {
            name: self._fill(_text(value), inputs) for name, value in step.get("env", {}).items()
        }
        process = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],  # noqa: S607
            env={**self.environment, "GITHUB_OUTPUT": str(output), **variables},
            cwd=self.environment["GITHUB_WORKSPACE"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        self.log.append(process.stdout.decode(errors="replace"))
        self.steps[identifier] = read_outputs(_read(output))
        return process.returncode

    def _fill(self, text: str, inputs: Mapping[str, str]) -> str:
        return EXPRESSION.sub(lambda found: self._value(found[1], inputs), text)

    def _holds(self, condition: str, inputs: Mapping[str, str]) -> bool:
        return self._value(condition, inputs) == "true"

    def _value(self, expression: str, inputs: Mapping[str, str]) -> str:
        """Evaluate as much of GitHub's expressions as ``action.yml`` has."""
        for sign, is_alike in (("==", True), ("!=", False)):
            left, found, right = expression.partition(sign)
            if found:
                values = [self._value(side.strip(), inputs) for side in (left, right)]
                return str((values[0] == values[1]) is is_alike).lower()
        if expression.startswith("'"):
            return expression.strip("'")
        return self._context(expression.split("."), inputs)

    def _context(self, path: list[str], inputs: Mapping[str, str]) -> str:
        match path:
            case ["true"]:
                return "true"
            case ["inputs", name]:
                return inputs[name]
            case ["steps", step, "outputs", name]:
                return self.steps.get(step, {}).get(name, "")
            case ["github", "token"]:
                return self.token
            case ["runner", name]:
                return self.environment["RUNNER_TEMP"] if name == "temp" else name
        raise AssertionError(f"an expression that is not known here: {path}")


def _set_up_python(_: _Job, options: Mapping[str, str]) -> dict[str, str]:
    assert options["update-environment"] == "false"
    return {"python-path": sys.executable, "python-version": options["python-version"]}


def _restore(job: _Job, options: Mapping[str, str]) -> dict[str, str]:
    assert re.fullmatch(r"silentrank-os-arch-3\.\d+-[0-9a-f]{64}", options["key"])
    if job.runner.is_cached:
        Path(options["path"]).symlink_to(job.runner.packages, target_is_directory=True)
    return {"cache-hit": str(job.runner.is_cached).lower()}


KNOWN: dict[str, Callable[[_Job, Mapping[str, str]], dict[str, str]]] = {
    "actions/setup-python": _set_up_python,
    "actions/cache": _restore,
}


def commands_in(lines: Iterable[str]) -> Iterator[Command]:
    """Obey a log as the runner does, but for writing down what the commands are."""
    resume = None
    for line in lines:
        found = COMMAND.match(line.lstrip()) or OLD_COMMAND.search(line)
        if resume is not None:
            resume = None if line.strip() == f"::{resume}::" else resume
        elif found and found["name"] == "stop-commands":
            resume = found["data"]
        elif found:
            yield Command(found["name"], found["data"])


def read_outputs(text: str) -> dict[str, str]:
    """Read ``GITHUB_OUTPUT`` as the runner does."""
    outputs: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, heredoc, delimiter = line.partition("<<")
        if heredoc and "=" not in name:
            value = []
            for inner in lines:
                if inner == delimiter:
                    break
                value.append(inner)
            else:
                raise AssertionError(f"{name} never ends")
            outputs[name] = "\n".join(value)
        else:
            name, equals, value_of_line = line.partition("=")
            assert equals, f"neither an output nor a blank: {line}"
            outputs[name] = value_of_line
    return outputs


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
