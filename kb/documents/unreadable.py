"""Text that cannot be read as a document."""


class UnreadableText(ValueError):
    """`line`: counted from 1. `message`: what is wrong and how to put it right, no full stop."""

    def __init__(self, line: int, message: str):
        self.line, self.message = line, message
        super().__init__(f"line {line}: {message}.")
