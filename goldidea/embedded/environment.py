"""The environment in which the product's programs run: addresses, secrets, folders."""

import base64
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from goldidea.embedded.errors import CannotRun
from goldidea.embedded.leftovers import MARK
from goldidea.embedded.place import Place
from goldidea.embedded.postgres import APPLICATION_ROLE, OWNER_ROLE

PROJECT = Path(__file__).resolve().parents[2]

ONE_DATABASE_URL = f"""\
{{missing}} is not set. Set both, DATABASE_URL for the role that serves and DATABASE_OWNER_URL for the role
that migrates, or neither. As a superuser of that server, once (docs/running.md has the rest):

  CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB PASSWORD '…';
  CREATE ROLE {APPLICATION_ROLE} LOGIN PASSWORD '…';
"""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the servers are; what stays empty is for the embedded servers to fill."""

    database: str = ""
    owner: str = ""
    redis: str = ""

    @classmethod
    def given(cls, environment: Mapping[str, str]) -> "Addresses":
        """What the person's environment names.

        Raises: CannotRun when it names only one of the two database addresses.
        """
        database, owner = environment.get("DATABASE_URL", ""), environment.get("DATABASE_OWNER_URL", "")
        if bool(database) != bool(owner):
            missing = "DATABASE_OWNER_URL" if database else "DATABASE_URL"
            raise CannotRun(ONE_DATABASE_URL.format(missing=missing))
        return cls(database, owner, environment.get("REDIS_URL", ""))

    def as_application(self) -> dict[str, str]:
        """For what serves and works: the owner's password is not in reach of the web."""
        return {"DATABASE_URL": self.database, "REDIS_URL": self.redis}

    def as_owner(self) -> dict[str, str]:
        """For what migrates, and only for that."""
        return {"DATABASE_URL": self.owner, "REDIS_URL": self.redis}

    def as_both(self) -> dict[str, str]:
        """For a person's command and for the tests, which make databases and then serve from them."""
        return {"DATABASE_URL": self.database, "DATABASE_OWNER_URL": self.owner, "REDIS_URL": self.redis}


def plain(environment: Mapping[str, str], place: Place) -> dict[str, str]:
    """The person's environment without the servers' addresses, marked as this place's, our Python first on PATH."""
    kept = {name: value for name, value in environment.items() if name not in Addresses().as_both()}
    kept[MARK] = str(place.var)
    kept["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)])
    kept["PYTHONUNBUFFERED"] = "1"
    # Chinese in logs and file names, also where the machine's locale is C.
    kept["PYTHONUTF8"] = "1"
    return kept


def settings(environment: Mapping[str, str], place: Place) -> dict[str, str]:
    """What the product's settings read, apart from the servers' addresses. What the person has set stays."""
    wanted = {
        "SECRET_KEY_FILE": str(place.secrets / "secret_key"),
        "PERSONAL_DATA_KEY_FILE": str(place.secrets / "personal_data_key"),
        "SIGNING_KEY_FILE": str(place.secrets / "signing_key"),
        "MEDIA_ROOT": str(place.media),
        "STATIC_ROOT": str(place.static),
    }
    if place.throwaway:  # nothing of a throwaway run may land among the person's real files
        return wanted
    return {
        name: value
        for name, value in wanted.items()
        if name not in environment and name.removesuffix("_FILE") not in environment
    }


def make_secrets(place: Place) -> None:
    """The secrets that the settings expect to find. The signing key is made by the product itself."""
    _make_secret(place.secrets / "secret_key", secrets.token_urlsafe(48))
    _make_secret(
        place.secrets / "personal_data_key", base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    )


def _make_secret(path: Path, value: str) -> None:
    if path.exists():
        return
    # Whole or not at all: half a key would make what is encrypted with it unreadable later.
    half = path.with_suffix(".new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
    half.rename(path)
