"""What goes wrong between netbuilder and other programs, as one sentence for a person."""


class ExportError(ValueError):
    """Nothing was written; the text is one sentence that says why and what to do."""
