"""What has to run once before the product can serve: catalogs, tables, static files, the season."""

import sys
from collections.abc import Mapping
from pathlib import Path

from goldidea.embedded.environment import PROJECT
from goldidea.embedded.place import Place
from goldidea.embedded.processes import Program


class Steps:
    """Makes the programs of one run.

    Args:
        base: the environment of the application role.
        owner: what differs from it for the role that migrates.
    """

    def __init__(self, place: Place, base: Mapping[str, str], owner: Mapping[str, str]) -> None:
        self._place = place
        self._base = base
        self._owner = owner

    def catalogs(self) -> Program:
        """Compile the translations; only the readable catalogs are kept in the repository."""
        return self._python("catalogs", "-m", "goldidea.lib.messages", "compile")

    def tables(self) -> Program:
        """Migrate, as the owner of the tables."""
        return self._python("migrate", "manage.py", "migrate", "--no-input", owner=True)

    def static_files(self) -> Program:
        """Gather and name the static files by their content."""
        return self._python("collectstatic", "manage.py", "collectstatic", "--no-input")

    def season(self) -> Program:
        """Load the demonstration season; quick when it is there. What it prints is for the person."""
        return self._python("load_demonstration", "manage.py", "load_demonstration")

    def _python(self, name: str, *arguments: str, owner: bool = False) -> Program:
        log: Path = self._place.logs / f"{name}.log"
        log.unlink(missing_ok=True)
        return Program(
            name=name,
            command=[sys.executable, *arguments],
            environment={**self._base, **(self._owner if owner else {})},
            folder=PROJECT,
            log=log,
        )
