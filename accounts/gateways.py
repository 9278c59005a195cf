"""Who delivers one-time codes. A district's SMS gateway is one class with one method, named in PHONE_GATEWAY.

class DistrictGateway(Gateway):
    def send(self, to, text):
        answer = requests.post(URL, json={"phone": to, "content": text}, timeout=10)
        answer.raise_for_status()
"""

import sys
import uuid

from django.conf import settings
from django.core.mail import send_mail
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

PATHS = {
    "console": "accounts.gateways.Console",
    "file": "accounts.gateways.Files",
    "smtp": "accounts.gateways.Mail",
}


class Gateway:
    """Delivers a short text to a phone (E.164) or an e-mail address."""

    def send(self, to: str, text: str) -> None:
        """Hand the text over. Raises: anything; the person then asks for another code."""
        raise NotImplementedError(type(self).__name__)


class Console(Gateway):
    """For development: into the worker's log."""

    def send(self, to: str, text: str) -> None:
        sys.stdout.write(f"To {to}: {text}\n")
        sys.stdout.flush()


class Files(Gateway):
    """For tests, and for a sender that picks up files: one file a message in OUTBOX, first line the address."""

    def send(self, to: str, text: str) -> None:
        settings.OUTBOX.mkdir(parents=True, exist_ok=True, mode=0o700)
        waiting = settings.OUTBOX / f".{uuid.uuid4().hex}"
        waiting.write_text(f"{to}\n{text}\n", encoding="utf-8")
        waiting.rename(settings.OUTBOX / f"{waiting.name[1:]}.txt")  # never seen half written


class Mail(Gateway):
    """By the mail server of EMAIL_HOST."""

    def send(self, to: str, text: str) -> None:
        send_mail(_("Your code to sign in"), text, None, [to])


def gateway(channel: str) -> Gateway | None:
    """Who delivers to `phone` or `email`; None where nobody does."""
    name = {"phone": settings.PHONE_GATEWAY, "email": settings.EMAIL_GATEWAY}[channel]
    return import_string(PATHS.get(name, name))() if name else None


def codes_are_sent() -> bool:
    """Whether this installation offers one-time codes at all."""
    return bool(settings.PHONE_GATEWAY or settings.EMAIL_GATEWAY)
