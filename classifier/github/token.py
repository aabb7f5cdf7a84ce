"""The token: found where people keep it, never on a command line, never printed."""

import os
from pathlib import Path

import yaml

from classifier.errors import InputError

VARIABLES = ("GITHUB_TOKEN", "GH_TOKEN")
HOW_TO_GIVE = (
    "Set GITHUB_TOKEN, for instance to what `gh auth token` prints, or sign in by `gh auth login`."
)


def find_token(host: str = "github.com") -> str | None:
    """Look into GITHUB_TOKEN, GH_TOKEN and what GitHub's own command line keeps for a host.

    None if there is none; gh may also keep it where only gh can read it. Raises InputError,
    without the value, if what is there cannot be a token.
    """
    for name in VARIABLES:
        if token := os.environ.get(name, "").strip():
            return _checked(token, name)
    path = _gh_directory() / "hosts.yml"
    token = _kept_by_gh(path, host)
    return _checked(token, str(path)) if token else None


def redacted(text: str, token: str | None) -> str:
    """Return the text without the token."""
    return text.replace(token, "***") if token else text


def _gh_directory() -> Path:
    if configured := os.environ.get("GH_CONFIG_DIR"):
        return Path(configured)
    if configured := os.environ.get("XDG_CONFIG_HOME"):
        return Path(configured) / "gh"
    if os.name == "nt" and (data := os.environ.get("APPDATA")):
        return Path(data) / "GitHub CLI"
    return Path("~/.config/gh").expanduser()


def _kept_by_gh(path: Path, host: str) -> str:
    """Read the token of a host's active user; what cannot be read counts as none."""
    try:
        hosts = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return ""
    entry = hosts.get(host) if isinstance(hosts, dict) else None
    token = entry.get("oauth_token") if isinstance(entry, dict) else None
    return token.strip() if isinstance(token, str) else ""


def _checked(token: str, place: str) -> str:
    """Refuse what no header can carry: the error that followed would quote it."""
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise InputError(f"What {place} holds is no token", hint=HOW_TO_GIVE)
    return token
