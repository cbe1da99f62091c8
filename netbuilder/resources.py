"""Where the files lie that travel with the program: icons, themes and the preset projects.

In a checkout they lie beside the package (`resources/`, `templates/`); an installed wheel carries the same folders
inside the package (`netbuilder/_data/`). Nobody else needs to know which of the two it is.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_SUFFIX = ".netbuilder"


def _folder(name: str) -> Path:
    """The folder `name` of the wheel where there is one, else that of the checkout."""
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


def resource(name: str) -> Path:
    """The file or folder `name` (`"themes/tokens.json"`, with forward slashes) below `resources/`.

    Raises LookupError with one sentence where there is none.
    """
    path = _folder("resources") / name
    if not path.exists():
        raise LookupError(f"The resource {name!r} is not part of this installation; install netbuilder again.")
    return path


def templates() -> dict[str, Path]:
    """Every preset project, by name (`"cnn_digits"`) in alphabetical order."""
    return {path.stem: path for path in sorted(_folder("templates").glob(f"*{_SUFFIX}"))}


def template(name: str) -> Path:
    """The preset project `name`; raises LookupError with one sentence that lists the names there are."""
    found = templates()
    if name not in found:
        names = ", ".join(found) or "none: install netbuilder again"
        raise LookupError(f"There is no template {name!r}; the templates are {names}.")
    return found[name]
