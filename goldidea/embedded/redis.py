"""Redis as a child process: on a Unix socket, in memory only. What may not be lost is in PostgreSQL."""

import contextlib
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from goldidea.embedded.place import Place
from goldidea.embedded.processes import Program
from goldidea.embedded.supervisor import Service


def service(place: Place, program: Path, environment: Mapping[str, str]) -> Service:
    """The server, ready to be started. It takes over a stale socket by itself."""
    command: list[str | os.PathLike[str]] = [
        *(program, "--port", "0", "--unixsocket", place.redis_socket, "--unixsocketperm", "700"),
        *(
            "--dir",
            place.redis,
            "--save",
            "",
            "--appendonly",
            "no",
            "--daemonize",
            "no",
            "--loglevel",
            "warning",
        ),
    ]
    return Service(
        lambda: Program(
            name="Redis",
            command=command,
            environment=environment,
            folder=place.redis,
            log=place.logs / "redis.log",
        ),
        holds_data=True,
    )


def answers(place: Place) -> bool:
    """Whether the server replies on its socket."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        line.connect(str(place.redis_socket))
        line.sendall(b"PING\r\n")
        return line.recv(16).startswith(b"+PONG")
    return False


def address(place: Place) -> str:
    """The value of REDIS_URL."""
    return f"unix://{place.redis_socket}"
