"""How control leaves a block of statements."""


class Leave(Exception):
    """Control leaves a block: by `return`, `break`, `continue`, or by an exception of the code's (`raise`)."""

    def __init__(self, kind, value=None, why=None):
        super().__init__(kind)
        self.kind = kind
        # What is returned, or the name of the exception.
        self.value = value
        # Of an exception of Python's own: what an argument that it comes from is said to be.
        self.why = why
