"""Personal values at rest: encrypted, and found again by a keyed hash."""

import hashlib
import hmac
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_valid_number, parse


def keyed_hash(value: str) -> str:
    """HMAC-SHA256 under PERSONAL_DATA_KEY, 64 hex digits: equal values are found, and none can be guessed back."""
    return hmac.new(settings.PERSONAL_DATA_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()


def e164(value: str) -> str:
    """A phone number as typed, in E.164; numbers without a country code are Chinese.

    Raises: ValidationError if it is no valid number.
    """
    try:
        number = parse(value.strip(), "CN")
    except NumberParseException as error:
        raise ValidationError(_("This is not a phone number."), code="phone") from error
    if not is_valid_number(number):
        raise ValidationError(_("This phone number does not exist. Check its digits."), code="phone")
    return format_number(number, PhoneNumberFormat.E164)


def masked(phone: str) -> str:
    """A phone as it may be shown: +86 138****1234."""
    return f"{phone[:3]} {phone[3:6]}****{phone[-4:]}" if len(phone) > 9 else "****" if phone else ""


def encrypt(text: str) -> str:
    """A Fernet token (AES-128-CBC, HMAC-SHA256) under PERSONAL_DATA_KEY."""
    return Fernet(settings.PERSONAL_DATA_KEY.encode()).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text of a token made by `encrypt`.

    Raises: InvalidToken if it was made under a key that is gone.
    """
    return Fernet(settings.PERSONAL_DATA_KEY.encode()).decrypt(token.encode()).decode()


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that the database holds only as a Fernet token (AES-128-CBC, HMAC-SHA256). Empty stays empty."""

    def get_prep_value(self, value: Any) -> Any:
        if not value:
            return ""
        return encrypt(str(value))

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str:
        if not value:
            return ""
        try:
            return decrypt(value)
        except InvalidToken:
            return ""  # Written under a key that is gone: the value is lost, the row is not.
