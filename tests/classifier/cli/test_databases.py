import pytest

from classifier.cli.databases import needs_web
from classifier.errors import MissingExtraError


def test_a_package_that_is_missing_is_told_with_the_extra_that_brings_it() -> None:
    with pytest.raises(MissingExtraError, match="The triage page"), needs_web():
        raise ModuleNotFoundError("No module named 'fastapi'", name="fastapi")


@pytest.mark.parametrize(
    "error",
    [
        ModuleNotFoundError("No module named 'classifier.web.gone'", name="classifier.web.gone"),
        AttributeError("module 'classifier.web.api.health' has no attribute 'router'"),
    ],
)
def test_a_part_of_our_own_that_is_missing_is_no_matter_of_extras(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, needs_web():
        raise error

    assert raised.value is error
