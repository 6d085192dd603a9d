"""What users see when something cannot be done: one line that says what is wrong, where, and what to do."""

from __future__ import annotations


class AssistantError(Exception):
    """Something could not be done. Its text is shown to the user as it is; the command ends with `exit_code`."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        """Keep the message to one line, whatever an underlying library put into it."""
        super().__init__(" ".join(message.split()))


class UsageError(AssistantError):
    """The user asked in a way that cannot be understood: a wrong option, value or setting."""

    exit_code = 2
