"""What the window remembers between starts: theme, recent files, where its docks were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

LONGEST_RECENT = 10
LONGEST_COMMANDS = 8


def default_path() -> Path:
    """`window.ini` in the user's configuration folder of this application."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)) / "window.ini"


class Preferences:
    """Reads and writes one INI file. A damaged file counts as an empty one: nothing in it is worth a refusal."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)
        self._listeners: list[Callable[[], None]] = []

    @property
    def theme(self) -> str:
        """ "dark", "light", or "system": as the system has it."""
        held = self._settings.value("theme")
        return held if held in ("dark", "light") else "system"

    @theme.setter
    def theme(self, name: str) -> None:
        self._settings.setValue("theme", name)

    @property
    def recent(self) -> list[Path]:
        """Files that were opened or saved, newest first; those that are gone are left out."""
        held = self._settings.value("recent")
        texts = [held] if isinstance(held, str) else held if isinstance(held, list) else []
        return [path for text in texts if isinstance(text, str) and text and (path := Path(text)).is_file()]

    def remember(self, path: Path) -> None:
        """Puts a file first in the list of recent ones."""
        path = path.absolute()
        recent = [path, *(other for other in self.recent if other != path)][:LONGEST_RECENT]
        self._settings.setValue("recent", [str(item) for item in recent])
        for listener in tuple(self._listeners):
            listener()

    def on_recent(self, listener: Callable[[], None]) -> None:
        """Calls `listener()` whenever the list of recent files has changed."""
        self._listeners.append(listener)

    @property
    def unfolded(self) -> list[str] | None:
        """The categories of blocks that are open in the palette; None while nobody has folded any."""
        held = self._settings.value("palette/open")
        if held is None:
            return None
        if isinstance(held, str):
            return [held] if held else []
        return [one for one in held if isinstance(one, str)] if isinstance(held, list) else []

    @unfolded.setter
    def unfolded(self, categories: list[str]) -> None:
        self._settings.setValue("palette/open", categories)

    @property
    def ends_open(self) -> bool:
        """Whether the inputs and outputs of networks are listed at the edges of their canvases."""
        return self._settings.value("ends_open") in (True, "true")

    @ends_open.setter
    def ends_open(self, opened: bool) -> None:
        self._settings.setValue("ends_open", opened)

    def beside(self, path: Path) -> str:
        """The graph that a project's second view was on, "" where there was one view."""
        return next((graph for held, graph in self._beside() if held == str(path)), "")

    def set_beside(self, path: Path, graph: str) -> None:
        """Keeps what a project's second view is on, of the projects that were closed last."""
        kept = [entry for entry in self._beside() if entry[0] != str(path)]
        entries = ([(str(path), graph)] if graph else []) + kept
        self._settings.setValue("beside", [part for entry in entries[:LONGEST_RECENT] for part in entry])

    def _beside(self) -> list[tuple[str, str]]:
        held = self._settings.value("beside")
        texts = [text for text in held if isinstance(text, str)] if isinstance(held, list) else []
        return list(zip(texts[::2], texts[1::2], strict=False))

    @property
    def own_keys(self) -> dict[str, list[str]]:
        """The keys that a person gave to actions, by the actions' ids; an empty list is no key by choice."""
        found = {}
        self._settings.beginGroup("keys")
        for id in self._settings.childKeys():
            held = self._settings.value(id)
            texts = held if isinstance(held, list) else [held]
            found[id] = [text for text in texts if isinstance(text, str) and text]
        self._settings.endGroup()
        return found

    @own_keys.setter
    def own_keys(self, keys: dict[str, list[str]]) -> None:
        self._settings.remove("keys")
        for id, texts in keys.items():
            self._settings.setValue(f"keys/{id}", texts or "")

    def switch(self, name: str, *, default: bool) -> bool:
        """Whether something is on that a menu switches on and off."""
        held = self._settings.value(f"switch/{name}")
        return default if held is None else held in (True, "true")

    def set_switch(self, name: str, on: bool) -> None:
        self._settings.setValue(f"switch/{name}", on)

    def choice(self, name: str, among: Sequence[str]) -> str:
        """What was chosen last in a dialog; the first of what can be chosen where nothing was."""
        held = self._settings.value(f"choices/{name}")
        return held if isinstance(held, str) and held in among else among[0]

    def set_choice(self, name: str, value: str) -> None:
        self._settings.setValue(f"choices/{name}", value)

    @property
    def recent_commands(self) -> list[str]:
        """What was lately chosen in the palette of commands, newest first."""
        held = self._settings.value("commands/recent")
        texts = held if isinstance(held, list) else [held]
        return [text for text in texts if isinstance(text, str) and text]

    def remember_command(self, id: str) -> None:
        """Puts a command first in the list of recent ones."""
        others = [other for other in self.recent_commands if other != id]
        self._settings.setValue("commands/recent", [id, *others][:LONGEST_COMMANDS])

    def layout(self, name: str) -> QByteArray:
        """What was kept of a window's size or docks; empty where nothing was."""
        held = self._settings.value(f"layout/{name}")
        return held if isinstance(held, QByteArray) else QByteArray()

    def set_layout(self, name: str, state: QByteArray) -> None:
        self._settings.setValue(f"layout/{name}", state)

    def sync(self) -> None:
        """Writes everything to the file now."""
        self._settings.sync()
