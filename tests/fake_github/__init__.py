"""A GitHub on loopback for tests: real HTTP, state that lasts, and GitHub's own description."""

from tests.fake_github.server import FakeGitHub

__all__ = ["FakeGitHub"]
