"""A PostgreSQL server of the tests' own on loopback, from the programs that are installed."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/pgsql-*/bin")
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
"""For tests alone, which look at no server that loses its power."""


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`."""
    found = [Path(path).parent for name in ("initdb",) if (path := shutil.which(name))]
    for place in PLACES:
        found += sorted(Path("/").glob(place.lstrip("/")), reverse=True)
    return next((one for one in found if (one / "postgres").exists()), None)


@contextmanager
def server(*settings: str) -> Generator[str, None, None]:
    """The address of a server that ends with the block, as SQLAlchemy spells it. `settings` as in `FAST`."""
    folder = programs()
    if not folder:
        raise FileNotFoundError("PostgreSQL is not installed: apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="patientsim-pg-") as home:
        user = _user(Path(home))
        run = {"check": True, "stdout": subprocess.DEVNULL, "cwd": home, **user}
        data = f"{home}/data"
        subprocess.run(
            [folder / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"], **run
        )
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200"
        )
        options += "".join(f" -c {one}" for one in settings)
        control = [folder / "pg_ctl", "-D", data, "-w"]
        subprocess.run([*control, "-l", f"{home}/log", "-o", options, "start"], **run)
        try:
            yield f"postgresql+psycopg://tester@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **run)


def _user(home: Path) -> dict[str, int]:
    """The server will not run as root: then it is the packaged user's, or nobody's."""
    if os.getuid() != 0:
        return {}
    names = {one.pw_name: one for one in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(home, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid}
