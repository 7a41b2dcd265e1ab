"""A call of a plug-in's code."""

from collections.abc import Callable

from backtrader_walkforward.errors import UserError, reason_of


class PluginCall:
    """A call of a plug-in: every error of its code becomes one line that begins with the place.

    So do `SystemExit` and whatever else would end the process: no plug-in decides the exit code. Ctrl-C passes, and an
    error that names the plug-in already.

    Parameters
    ----------
    place : callable
        Returns the file, the class and the method; called when there is an error.
    kind : type of UserError
    """

    def __init__(self, place: Callable[[], str], kind: type[UserError]) -> None:
        self.place, self.kind = place, kind

    def __enter__(self) -> None:
        """Begin the call."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Raise the error that names the place."""
        if error is not None and not isinstance(error, self.kind | KeyboardInterrupt):
            raise self.kind(f"{self.place()} failed: {reason_of(error)}") from error
