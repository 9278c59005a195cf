"""The address of the web server: a port that is free, and whether somebody answers there."""

import contextlib
import http.client
import socket
import sys
from collections.abc import Mapping

from goldidea.embedded.errors import CannotRun

FIRST_PORT = 8000
PORTS_TRIED = 100
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (who listens there is reached here)


class Port:
    """A port of this machine that nobody uses, claimed for us.

    The web server shares a port with another of its kind without a word, and two checkouts that start at the
    same moment would find the same port free. So its number is claimed as well: by an abstract socket, which
    ends with this process.

    Args:
        host: the address to listen on.
        wanted: the number that the person asked for, if any. Then no other will do.
    """

    def __init__(self, host: str, wanted: str = "") -> None:
        if wanted and (not wanted.isdigit() or not 0 < int(wanted) < 65536):
            raise CannotRun(f"PORT is a number from 1 to 65535, not {wanted!r}.")
        self.host = host
        self._wanted = int(wanted or 0)
        self._claim: socket.socket | None = None
        self.number = 0
        self.choose()

    def choose(self) -> None:
        """Keep the number while it is free, else take the next one that is.

        Raises: CannotRun when there is none.
        """
        if self.number and self._is_free(self.number):
            return
        candidates = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
        for number in [self._wanted] if self._wanted else candidates:
            if self._is_free(number) and self._claimed(number):
                self.number = number
                return
        if self._wanted:
            raise CannotRun(
                f"Port {self._wanted} of {self.host} is taken or not allowed: choose another, PORT=…"
            )
        raise CannotRun(
            f"No port of {self.host} from {candidates[0]} to {candidates[-1]} is free: choose one, PORT=…"
        )

    @property
    def address(self) -> str:
        """What a person types into a browser."""
        host = EVERYWHERE.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.number}/"

    def answers(self) -> bool:
        """Whether a web server answers a request there, whatever it says."""
        line = http.client.HTTPConnection(EVERYWHERE.get(self.host, self.host), self.number, timeout=10)
        with contextlib.closing(line), contextlib.suppress(OSError, http.client.HTTPException):
            line.request("GET", "/")
            line.getresponse()
            return True
        return False

    def _is_free(self, number: int) -> bool:
        with socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free
            try:
                probe.bind((self.host, number))
            except socket.gaierror as error:
                raise CannotRun(f"BIND names no address of this machine: {self.host}") from error
            except OSError:
                return False
        return True

    def _claimed(self, number: int) -> bool:
        if sys.platform != "linux":
            return True
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0goldidea-port-{number}")
        except OSError:
            claim.close()
            return False
        if self._claim:
            self._claim.close()
        self._claim = claim
        return True


def chosen_port(environment: Mapping[str, str]) -> Port:
    """Listen on this machine only, unless BIND says otherwise (0.0.0.0 lets phones in)."""
    return Port(environment.get("BIND") or "127.0.0.1", environment.get("PORT", ""))
