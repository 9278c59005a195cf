"""The answer of a permission rule."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404


@dataclass(frozen=True, slots=True)
class Verdict:
    """Truthy when allowed; otherwise carries the sentence shown to the person.

    `hidden` says that the person may not even know that the object exists: page and API answer 404.
    """

    reason: Any = ""
    hidden: bool = False

    def __bool__(self) -> bool:
        return not self.reason and not self.hidden

    def enforce(self) -> None:
        """Raise what the answer to the request has to be when it is not allowed.

        Raises: Http404 for what is hidden, PermissionDenied (403, with the reason) otherwise.
        """
        if self.hidden:
            raise Http404
        if self.reason:
            raise PermissionDenied(self.reason)


ALLOWED = Verdict()
HIDDEN = Verdict(hidden=True)
