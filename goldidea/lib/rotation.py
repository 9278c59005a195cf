"""Change PERSONAL_DATA_KEY: read everything with the former key, write it with the new one, in one transaction."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.utils.module_loading import import_string

from goldidea.lib.personal import EncryptedTextField, encrypt, keyed_hash


class CannotRotate(Exception):
    """A value that neither key reads, or a moment that is not the right one. Nothing was changed."""


class FormerKey:
    """What the former key can still do."""

    def __init__(self, key: str) -> None:
        self._key, self._fernet = key.encode(), Fernet(key.encode())

    def again(self, token: str, where: str) -> tuple[str, str]:
        """The plain text of a value, and the value under the new key. Raises: CannotRotate."""
        try:
            text = self._fernet.decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise CannotRotate(f"{where}: the former key does not read it.") from error
        return text, encrypt(text)

    def keyed_hash(self, value: str) -> str:
        """The hash as it was under the former key."""
        return hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()


Turning = Callable[[FormerKey], Iterator[str]]


@transaction.atomic
def rotate(former: str) -> list[str]:
    """Put every encrypted value and every look-up hash under the key of the settings. Gives a sentence for each thing done.

    A field `x_hash` beside an encrypted field `x` is its look-up hash. What else is kept under the key the apps turn themselves
    (settings.KEY_ROTATION); hashes in evidence stay: they can be recomputed from the former key alone, so keep it sealed.

    Raises: CannotRotate.
    """
    if former == settings.PERSONAL_DATA_KEY:
        raise CannotRotate("The former key and PERSONAL_DATA_KEY are the same.")
    key = FormerKey(former)
    said = [_turn(model, field, key) for model, field in encrypted_fields()]
    for path in settings.KEY_ROTATION:
        turning: Turning = import_string(path)
        said += turning(key)
    return said


def encrypted_fields() -> list[tuple[type[models.Model], EncryptedTextField]]:
    """Every encrypted field of every model."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, EncryptedTextField)
    ]


def _turn(model: type[models.Model], field: EncryptedTextField, key: FormerKey) -> str:
    name = connection.ops.quote_name
    table, column, primary = (
        name(model._meta.db_table),
        name(str(field.column)),
        name(str(model._meta.pk.column)),
    )
    hashed = [str(f.column) for f in model._meta.local_fields if f.name == f"{field.name}_hash"]
    with connection.cursor() as cursor:
        # Names of our own models. FOR UPDATE: nobody writes a value under the former key behind us.
        cursor.execute(f"SELECT {primary}, {column} FROM {table} WHERE {column} <> '' FOR UPDATE")  # noqa: S608
        found: list[tuple[Any, str]] = list(cursor.fetchall())
        for pk, token in found:
            text, sealed = key.again(token, f"{model._meta.label}.{field.name} of row {pk}")
            values = [sealed, *(keyed_hash(text) for _column in hashed)]
            columns = ", ".join(f"{name(c)} = %s" for c in [str(field.column), *hashed])
            cursor.execute(f"UPDATE {table} SET {columns} WHERE {primary} = %s", [*values, pk])  # noqa: S608
    return f"{model._meta.label}.{field.name}: {len(found)} values"
