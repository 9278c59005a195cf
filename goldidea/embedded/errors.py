"""What goes wrong in a way that a person can act upon."""


class CannotRun(Exception):
    """The run cannot start or go on; the message is the sentence shown to the person, without a traceback."""


class StopRequested(Exception):
    """A person or the system asked the supervisor to stop (Ctrl-C, SIGTERM, a closed terminal)."""
