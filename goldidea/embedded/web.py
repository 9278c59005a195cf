"""The address of the web server: a port that is free, and whether somebody answers there."""

import contextlib
import http.client
import socket
import sys
from collections.abc import Mapping

from goldidea.embedded.errors import CannotRun

FIRST_PORT = 8000
PORTS_TRIED = 100


class Port:
    """A port that nobody uses, kept for us.

    The web server shares a port with another of its kind without a word, and two checkouts that start at
    the same moment would find the same port free. So the number is claimed as well: by an abstract socket,
    which ends with this process.
    """

    def __init__(self, host: str, wanted: str = "") -> None:
        self.host = host
        self._claim: socket.socket | None = None
        if wanted:
            if not wanted.isdigit() or not 0 < int(wanted) < 65536:
                raise CannotRun(f"PORT is a number from 1 to 65535, not {wanted!r}.")
            candidates = range(int(wanted), int(wanted) + 1)
        else:
            candidates = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
        for number in candidates:
            if self._take(number):
                self.number = number
                return
        raise CannotRun(
            f"Port {candidates[0]} of {host} is taken or not allowed: choose another with PORT=…"
            if wanted
            else f"No free port of {host} from {candidates[0]} to {candidates[-1]}: choose one with PORT=…"
        )

    @property
    def address(self) -> str:
        """What a person types into a browser."""
        everywhere = self.host in {"0.0.0.0", "::"}  # noqa: S104
        host = "127.0.0.1" if everywhere else f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.number}/"

    def answers(self) -> bool:
        """Whether a web server answers a request there, whatever it says."""
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host  # noqa: S104
        with contextlib.suppress(OSError, http.client.HTTPException):
            line = http.client.HTTPConnection(host, self.number, timeout=10)
            line.request("GET", "/")
            line.getresponse()
            return True
        return False

    def _take(self, number: int) -> bool:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free
            try:
                probe.bind((self.host, number))
                if sys.platform == "linux":
                    self._claim = socket.socket(socket.AF_UNIX)
                    self._claim.bind(f"\0goldidea-port-{number}")
            except OSError as error:
                if isinstance(error, socket.gaierror):
                    raise CannotRun(f"BIND names no address of this machine: {self.host}") from error
                return False
        return True


def bind_address(environment: Mapping[str, str]) -> str:
    """The address to listen on: this machine only, unless BIND says otherwise (0.0.0.0 lets phones in)."""
    return environment.get("BIND") or "127.0.0.1"
