"""Which GitHub, and what repositories may be called."""

import os
import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from classifier.errors import InputError

GITHUB_API = "https://api.github.com"
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*/(?!\.{1,2}$)[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Server:
    """A GitHub: the address of its API, and the host whose pages people see."""

    api: str  # without a slash at the end
    host: str  # "" where nobody says, with a port where there is one


def find_server() -> Server:
    """Read ``GITHUB_API_URL`` and ``GITHUB_SERVER_URL``; github.com where they say nothing.

    Raises InputError where the address would send a token in the clear.
    """
    api = os.environ.get("GITHUB_API_URL", "").strip().rstrip("/") or GITHUB_API
    address = _split(api)
    is_private_enough = address.scheme == "https" or (
        address.scheme == "http" and _is_this_machine(address.hostname or "")
    )
    if not address.hostname or not is_private_enough or address.username:
        raise InputError(
            f"GITHUB_API_URL is no address of an API: {api}",
            hint="It is like https://HOST/api/v3, and https: a token goes there.",
        )
    pages = urlsplit(os.environ.get("GITHUB_SERVER_URL", "").strip()).netloc
    if not pages and not _is_this_machine(address.hostname):  # where a fake or a tunnel ends
        pages = address.netloc.removeprefix("api.")
    return Server(api, pages.lower())


def check_repository(name: str) -> str:
    """Return ``OWNER/NAME`` as it is. Raises InputError if no repository could have that name."""
    if not REPOSITORY.fullmatch(name):
        raise InputError(f"No name of a repository: {name!r}", hint="It is like OWNER/NAME.")
    return name


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
