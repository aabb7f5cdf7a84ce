"""Every dependency is declared where it is used, used where it is declared, and explained."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
OWN = {"classifier", "training"}
OWNERS = packages_distributions()
# By transformers' trainer, by torch's export, by SQLAlchemy and by FastAPI.
IMPORTED_FOR_US = {"accelerate", "onnxscript", "psycopg", "python-multipart"}
SERVING = ("github", "linear", "parquet", "postgresql", "web")  # what classifier's extras are


def names(requirements: Iterable[str]) -> set[str]:
    """Distribution names, as the package index normalizes them."""
    return {canonicalize_name(Requirement(requirement).name) for requirement in requirements}


BASE = names(PROJECT["project"]["dependencies"])
EXTRAS = {
    extra: names(requirements)
    for extra, requirements in PROJECT["project"]["optional-dependencies"].items()
}


def imported_by(package: str) -> set[str]:
    """Distributions that the package's modules import, at the top or inside a function."""
    modules = set()
    for path in (REPOSITORY / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules.add(node.module.partition(".")[0])
    return {distribution_of(module) for module in modules - OWN - sys.stdlib_module_names}


def distribution_of(module: str) -> str:
    """Distribution that a module comes from; of several, the one of its name."""
    owners = {canonicalize_name(owner) for owner in OWNERS.get(module, [module])}
    return module if module in owners else min(owners)


def explained() -> set[str]:
    """Dependencies that have a row of their own in the list of decisions."""
    text = (REPOSITORY / "docs" / "decisions.md").read_text(encoding="utf-8")
    return {canonicalize_name(name) for name in re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)}


@pytest.mark.parametrize(
    ("package", "declared"),
    [
        ("classifier", BASE.union(*(EXTRAS[extra] for extra in SERVING))),
        ("training", BASE | EXTRAS["train"] | EXTRAS["transformer"]),
    ],
)
def test_what_a_package_imports_is_declared(package: str, declared: set[str]) -> None:
    assert imported_by(package) <= declared


def test_what_is_declared_is_imported() -> None:
    assert imported_by("classifier") >= BASE
    serving = set().union(*(EXTRAS[extra] for extra in SERVING))
    assert serving - IMPORTED_FOR_US <= imported_by("classifier")
    used = EXTRAS["train"] | EXTRAS["transformer"] - IMPORTED_FOR_US
    assert used <= imported_by("training")


def test_whoever_trains_can_serve_every_model() -> None:
    assert EXTRAS["linear"] <= EXTRAS["train"]


def test_each_dependency_has_its_reason_and_each_reason_its_dependency() -> None:
    build = names(PROJECT["build-system"]["requires"])

    assert explained() == BASE.union(build, *EXTRAS.values())


def test_constraints_pin_every_dependency_to_a_version_that_fits() -> None:
    lines = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if not line.startswith("#")]
    versions = {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in pins}
    declared = [
        Requirement(requirement)
        for group in (
            PROJECT["project"]["dependencies"],
            *PROJECT["project"]["optional-dependencies"].values(),
        )
        for requirement in group
    ]

    assert [str(pin) for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.!]+", str(pin))] == []
    assert {
        str(requirement)
        for requirement in declared
        if not requirement.specifier.contains(
            versions.get(canonicalize_name(requirement.name), "0")
        )
    } == set()
