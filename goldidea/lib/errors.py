"""What an action raises when the world has moved on or the input cannot stand."""

from typing import Any


class Refusal(Exception):
    """An action that cannot be done now. `message` is the sentence shown; `code` is the stable name for programs."""

    status = 409
    code = "refused"

    def __init__(self, message: Any = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code


class StaleState(Refusal):
    """Somebody else moved the object first: of two racers one wins, and this is the other."""

    code = "stale-state"


class StaleRevision(Refusal):
    """The sheet was revised elsewhere after this screen was loaded."""

    code = "stale-revision"


class TooLate(Refusal):
    """The database's clock says that the time is over."""

    code = "too-late"


class TooMany(Refusal):
    """Too many attempts. `retry_after` is in seconds."""

    status = 429
    code = "too-many"

    def __init__(self, message: Any = "", retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooLarge(Refusal):
    """An upload over its cap."""

    status = 413
    code = "too-large"
