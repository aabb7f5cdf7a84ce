"""The pages tell the truth: commands that exist, links that lead somewhere, code that runs."""

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "data/README.md"]
PAGES += [ROOT / "examples/README.md", ROOT / "training/LOG.md"]
NAMES = [str(path.relative_to(ROOT)) for path in PAGES]
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://)(?P<path>[^)#\s]*)(?:#(?P<heading>[^)\s]+))?\)")
CODE = re.compile(r"`[^`\n]+`")
APPS = {"silentrank": "classifier.cli", "silentrank-train": "training.cli"}


def commands(page: str) -> Iterator[str]:
    """Command lines in fences, in inline code and in indented blocks, each alone."""
    blocks = [found["code"] for found in FENCE.finditer(page) if found["language"] in {"", "sh"}]
    blocks += [found[0].strip("`") for found in CODE.finditer(FENCE.sub("", page))]
    blocks += [line for line in FENCE.sub("", page).splitlines() if line.startswith("    ")]
    blocks += re.findall(r"<!-- output: (.*) -->", page)
    for line in "\n".join(blocks).splitlines():
        for part in line.split("|"):
            words = part.split()
            if words and words[0] in {*APPS, "make"}:
                yield part.strip()


ALL_COMMANDS = sorted({line for path in PAGES for line in commands(path.read_text("utf-8"))})


def read_as_typer_does(line: str) -> None:
    """Parse a command line down to its command, without running it."""
    name, *words = shlex.split(line, comments=True)
    command: Any = get_command(import_module(APPS[name]).app)
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        word = words.pop(0)
        assert word in command.commands, f"{name} has no command {word}"
        command = command.commands[word]
    known = {option for parameter in command.params for option in parameter.opts}
    known |= {option for parameter in command.params for option in parameter.secondary_opts}
    unknown = {word for word in words if word.startswith("--")} - known - {"--help"}
    assert not unknown, f"{line}: {sorted(unknown)}; known: {sorted(known)}"
    if any(word not in {"--help", "--version"} for word in words):
        command.make_context(name, words).close()


@pytest.mark.parametrize("line", [line for line in ALL_COMMANDS if not line.startswith("make")])
def test_every_command_in_the_pages_is_one_that_exists(line: str) -> None:
    if line.startswith("silentrank-train"):
        pytest.importorskip("training.cli", reason="needs the extra train", exc_type=ImportError)

    read_as_typer_does(line)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("silentrank sort issues.jsonl", "no command sort"),
        ("silentrank rank issues.jsonl --topp 3", "--topp"),
        ("silentrank models show --explain", "--explain"),
    ],
)
def test_a_command_that_does_not_exist_is_found_out(line: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        read_as_typer_does(line)


def test_the_pages_show_the_main_commands() -> None:
    shown = {" ".join(line.split()[:2]) for line in ALL_COMMANDS}

    assert {"silentrank rank", "silentrank score", "silentrank models", "make demo"} <= shown
    assert {f"silentrank-train {name}" for name in ("hydrate", "evaluate", "train")} <= shown


def test_every_verb_of_make_in_the_pages_is_one_that_exists() -> None:
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = {word for line in ALL_COMMANDS if line.startswith("make ") for word in line.split()[1:2]}

    assert {"demo", "test", "bench"} <= used
    assert used - verbs == set()


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = FENCE.sub("", path.read_text("utf-8"))
    for found in LINK.finditer(text):
        target = (path.parent / found["path"]).resolve() if found["path"] else path
        assert target.exists(), f"{path.name} links to {found['path']}"
        if found["heading"]:
            assert found["heading"] in anchors(target), found[0]


def anchors(page: Path) -> set[str]:
    """Names that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", ["README.md", "docs/triage.md"])
def test_python_in_the_pages_runs(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / name).read_text("utf-8")
    for found in FENCE.finditer(page):
        if found["language"] == "python":
            exec(compile(found["code"], name, "exec"), {})  # noqa: S102 - our own page
            assert "fit() ignores sample_weight" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize("package", ["classifier", "training"])
def test_the_architecture_page_names_every_module_and_no_other(package: str) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    section = page.partition(f"## `{package}`")[2].partition("\n## ")[0]
    table = "".join(line for line in section.splitlines(keepends=True) if line.startswith("|"))
    named = {name for row in table.splitlines() for name in row.split("|")[1].split("`")[1::2]}
    there = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in (ROOT / package).iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }

    assert named == there
