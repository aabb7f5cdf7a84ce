"""A PostgreSQL of the tests' own, on a socket that nobody else can reach."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.web.serving import wait_until

OWNER = "postgres"  # who runs it where the tests are root, whom it refuses
SETTINGS = ("listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=200")
# It ends when its standard input does: with the tests, even if they are killed. At the very start
# it does not hear the second signal, which ends it at once whoever is connected, but the first.
UNTIL_TOLD = '"$0" "$@" & read _; kill -TERM $!; kill -QUIT $!; wait'


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a server and yield the start of its databases' URLs; skip where there is none."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="silentrank-pg-"))
    owner = OWNER if os.geteuid() == 0 else None
    if owner:
        shutil.chown(folder, owner)
    data = folder / "data"
    make = (programs / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "-N")
    quiet = subprocess.DEVNULL
    subprocess.run(make, check=True, stdout=quiet, cwd="/", user=owner, group=owner)
    settings = [part for setting in SETTINGS for part in ("-c", setting)]
    server_program = str(programs / "postgres")
    where = ("-D", str(data), "-k", str(folder))
    command = ("sh", "-c", UNTIL_TOLD, server_program, *where, *settings)
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd="/", user=owner, group=owner
        )
    try:
        asked = (programs / "pg_isready", "-q", "-h", folder)
        wait_until(lambda: subprocess.run(asked, check=False).returncode == 0)
        yield f"postgresql://{OWNER}@/{{}}?host={folder}"
    finally:
        server.communicate()  # its input ends
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Where the server's programs are: Debian keeps them off the path."""
    pytest.importorskip("psycopg", reason="needs the extra postgresql")
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(OWNER)
        except KeyError:
            pytest.skip(f"needs a user {OWNER}: PostgreSQL does not run as root")
    places = [Path(found).resolve().parent for found in [shutil.which("pg_ctl")] if found]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "pg_ctl").exists() and (place / "initdb").exists():
            return place
    pytest.skip("needs PostgreSQL")
