"""Bodies: JSON, of a size that no sheet and no case exceeds."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from goldidea.lib.errors import TooLarge

MOST_BYTES: Final = 512 * 1024


class Json(JSONParser):
    """JSON; larger than 512 KiB is refused unread, and what is nested beyond sense is no JSON."""

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        announced = str((parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0")
        if announced.isdecimal() and int(announced[:18]) > MOST_BYTES:
            raise TooLarge(_("What was sent is larger than 512 KiB."))
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError from error
