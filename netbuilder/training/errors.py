"""What can keep a run from beginning."""


class WorkError(ValueError):
    """The work can't begin; the message is one sentence."""


class Stopped(Exception):
    """Somebody wishes a stop before the first step."""
