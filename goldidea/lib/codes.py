"""Random public codes: addresses use them, never internal keys."""

import secrets

from django.db import models

# Crockford's base 32 in lower case: no i, l, o, u to confuse.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_code(length: int = 10) -> str:
    """A random code of `length` characters (5 bits each)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


class CodeField(models.CharField):  # type: ignore[type-arg]
    """A random 10-character public code, unique in its table."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.update({"max_length": 10, "default": new_code, "unique": True, "editable": False})
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class CodeConverter:
    """`<code:code>` in addresses: anything else than a well-formed code is not found, without asking the database."""

    regex = f"[{ALPHABET}]{{10}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
