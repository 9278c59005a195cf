"""What a visitor's header says of the body, read so that no header is our fault; both doors (WSGI, ASGI) use it."""

from typing import Any

from django.utils.http import parse_header_parameters


class Utf8Request:
    """A request whose address and form are UTF-8, as all our pages are, whatever charset its header names.

    Django takes any codec of Python's there, and some of them decode no text at all: a visitor's header made a 500.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (ValueError, LookupError):
            self.content_type, self.content_params = "", {}
