"""Lists in pages, by a cursor: a row that comes in between shifts nothing."""

from typing import Any

from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.utils.urls import replace_query_param

from goldidea.lib.api.problems import Problem


def signer(view: str) -> signing.Signer:
    """Signs the cursors of one list, named by its view: a value out of another would be of another kind."""
    return signing.Signer(salt=f"goldidea.lib.api.cursor/{view}")


class Pages(CursorPagination):
    """`limit` rows (50, at most 200) and `cursor`. A view says its `ordering`: a column that everybody may see.

    Cursors are signed: what rows are compared with is a value that stood in one of the same list, never one that
    somebody wrote.
    """

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    page_size_query_description: Any = gettext_lazy("Rows on a page, from 1 to 200; 50 unless said.")
    cursor_query_description: Any = gettext_lazy("Where the page begins: take it from next or previous.")
    template = None

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        ordering: tuple[str, ...] = view.ordering
        return ordering

    def get_page_size(self, request: Any) -> int:
        given = request.query_params.get("limit")
        if given is None:
            return self.page_size
        if not (given.isascii() and given.isdecimal() and 0 < int(given[:9]) <= self.max_page_size):
            words = _("A whole number from 1 to 200.")
            raise Problem(422, "invalid", "", [{"field": "limit", "detail": words, "code": "limit"}])
        return int(given)

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        self.signer = signer(type(view).__name__)
        return super().paginate_queryset(queryset, request, view)

    def encode_cursor(self, cursor: Cursor) -> str:
        signed = self.signer.sign_object([cursor.offset, cursor.reverse, cursor.position])
        return replace_query_param(self.base_url or "", "cursor", signed)

    def decode_cursor(self, request: Any) -> Cursor | None:
        given = request.query_params.get("cursor")
        if given is None:
            return None
        try:
            return Cursor(*self.signer.unsign_object(given))
        except (signing.BadSignature, ValueError) as error:
            words = _("This cursor is not one of ours. Begin again without it.")
            raise Problem(400, "bad-cursor", words) from error

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return [
            self.described("limit", self.page_size_query_description, limit),
            self.described("cursor", self.cursor_query_description, {"type": "string"}),
        ]

    @staticmethod
    def described(name: str, words: Any, schema: dict[str, Any]) -> dict[str, Any]:
        return {"name": name, "in": "query", "required": False, "description": str(words), "schema": schema}
