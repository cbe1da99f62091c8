"""What can keep a run from beginning."""


class WorkError(ValueError):
    """The work can't begin; the message is one sentence."""
