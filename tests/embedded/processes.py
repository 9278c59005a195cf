"""Runs in a small checkout of their own, and a look at the system's processes that does not rely on the code under test."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
# What the servers need and what leads them nowhere: neither the tests' own servers nor the person's home.
PLAIN_ENVIRONMENT = {"PATH": os.environ["PATH"], "LANG": "C", "HOME": "/nonexistent"}

# The product as far as the supervisor knows it: a few commands, a worker, a clock, a page.
MANAGE = """
import os, pathlib, sys
assert os.environ["SECRET_KEY_FILE"] and os.environ["DEVELOPMENT"] == "1"
role = "goldidea_owner" if sys.argv[1] == "migrate" else "goldidea_app"
assert os.environ["DATABASE_URL"].startswith(f"postgresql://{role}@"), os.environ["DATABASE_URL"]
assert "DATABASE_OWNER_URL" not in os.environ
if sys.argv[1] == "load_demonstration":
    print("Sign in as 王主任 with the password 金点子.")
if sys.argv[1] == "run_demonstration":
    print("ranking", *sys.argv[2:])
"""
MESSAGES = ""
CELERY = """
import os
from celery import Celery
app = Celery("goldidea", broker=os.environ["REDIS_URL"].replace("unix://", "redis+socket://", 1))
app.conf.beat_schedule = {"tick": {"task": "tick", "schedule": 0.5}}
app.conf.broker_connection_retry_on_startup = True
@app.task(name="tick", ignore_result=True)
def tick():
    with open(os.path.join(os.environ["MEDIA_ROOT"], "ticks"), "a") as file:
        file.write("tick\\n")
"""
WSGI = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"golden"]
"""


def checkout(folder: Path) -> Path:
    """A folder with the package under test and a stand-in for the product."""
    package = folder / "goldidea"
    shutil.copytree(
        PROJECT / "goldidea" / "embedded", package / "embedded", ignore=shutil.ignore_patterns("__pycache__")
    )
    (package / "lib").mkdir()
    for name, text in {
        "manage.py": MANAGE,
        "goldidea/__init__.py": "",
        "goldidea/lib/__init__.py": "",
        "goldidea/lib/messages.py": MESSAGES,
        "goldidea/celery.py": CELERY,
        "goldidea/wsgi.py": WSGI,
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


class Run:
    """One `python -m goldidea.embedded …`, with what it has printed so far."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        python: str = sys.executable,
        user: int | None = None,
        **env: str,
    ) -> None:
        self.folder = folder
        self.output = folder / f"output-{time.monotonic_ns()}"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [python, "-m", "goldidea.embedded", "--with-parent", *arguments],
                cwd=folder,
                env=PLAIN_ENVIRONMENT | env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )

    @property
    def said(self) -> str:
        """Everything it has printed."""
        return self.output.read_text(encoding="utf-8", errors="replace")

    def address(self) -> str:
        """Where the web server answers, once it does."""
        until(lambda: "Gold Idea runs at" in self.said or self.process.poll() is not None, seconds=120)
        found = re.findall(r"runs at (http://\S+)", self.said)
        assert found, self.said
        return str(found[-1])

    def stop(self, number: int = signal.SIGINT) -> int:
        """Signal it and wait for its end."""
        self.process.send_signal(number)
        return self.status()

    def status(self) -> int:
        """Its exit status."""
        return self.process.wait(timeout=120)


@contextmanager
def running(
    folder: Path, *arguments: str, python: str = sys.executable, user: int | None = None, **env: str
) -> Iterator[Run]:
    """A run that is gone at the end, whatever the test found."""
    run = Run(folder, *arguments, python=python, user=user, **env)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()
            until(lambda: not belonging_to(folder))


def until(condition: Callable[[], object], *, seconds: float = 60.0) -> None:
    """Wait for a condition; fails when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.05)


def belonging_to(folder: Path) -> dict[int, str]:
    """Number and command of every living process that names the folder in its command, environment or working folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with suppress(OSError):
            state = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
            command = (entry / "cmdline").read_bytes()
            named = command + (entry / "environ").read_bytes() + os.fsencode((entry / "cwd").readlink())
            if state not in "ZX" and os.fsencode(folder) in named:
                found[int(entry.name)] = command.replace(b"\0", b" ").decode(errors="replace").strip()
    return found


def children_of(run: Run) -> dict[str, int]:
    """The direct children of a run: their number by the name of the program."""
    found = {}
    for pid, command in belonging_to(run.folder).items():
        with suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
            if int(stat[1]) == run.process.pid:
                for word, name in WORDS.items():
                    if word in command:
                        found[name] = pid
    return found


WORDS = {
    "postgres -D": "postgres",
    "redis-server": "redis",
    " worker": "worker",
    " beat": "beat",
    "granian": "web",
}
