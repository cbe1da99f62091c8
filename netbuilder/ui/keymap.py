"""Which keys each action has: those of the table, or those that a person gave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence

from netbuilder.ui.action import CANVAS, Action
from netbuilder.ui.actions import ACTIONS, MENUS
from netbuilder.ui.preferences import Preferences

TABLE: Mapping[str, Action] = {entry.id: entry for entry in ACTIONS if entry.callback}
FIXED = {  # keys of the canvas that are no actions
    "Esc": "Esc takes back what is going on.",
    "Space": "Space and a drag move the view.",
    "K": "K and a drag cut links.",
}
_OWN = {shortcut for entry in ACTIONS for shortcut in entry.shortcuts if isinstance(shortcut, str)}
STRONG = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)  # with one of these a key types nothing
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_COUNTED = STRONG | Qt.KeyboardModifier.ShiftModifier
Pressed = tuple[Qt.Key, Qt.KeyboardModifier]
CanvasKeys = Mapping[Pressed, tuple[str, tuple[float | str, ...]]]


def table_keys(entry: Action) -> list[QKeySequence]:
    """All shortcuts that the table gives an action on this platform, each once, the first one shown."""
    found: list[QKeySequence] = []
    for shortcut in entry.shortcuts:
        if isinstance(shortcut, str):
            bound = [QKeySequence(shortcut)] if shortcut else []
        else:  # some desktops bind keys that we use for something else: Ctrl+D deletes on GNOME
            bound = [key for key in QKeySequence.keyBindings(shortcut) if portable(key) not in _OWN]
        found += [key for key in bound if key not in found]
    return sorted(found, key=lambda key: not usual(key))


def usual(key: QKeySequence) -> bool:
    """Not one of the keys that only old or odd keyboards have ("New", "Alt+Backspace", "Shift+Del")."""
    text = portable(key)
    last = text.rpartition("+")[2]
    return text in _OWN or len(last) <= 1 or (text.startswith("Ctrl+") and last not in ("Ins", "F4"))


def portable(key: QKeySequence) -> str:
    """The key as it is kept in files: "Ctrl+Shift+P"."""
    return key.toString(QKeySequence.SequenceFormat.PortableText)


def native(key: QKeySequence) -> str:
    """The key as people read it on this platform."""
    return key.toString(QKeySequence.SequenceFormat.NativeText)


def combination(key: QKeySequence) -> QKeyCombination:
    """The one key press of a shortcut."""
    first: QKeyCombination = key[0]  # type: ignore[index]  # missing in the stubs
    return first


def typed(key: QKeySequence) -> bool:
    """Whether a field would take it as text or as a movement in it; such a key works on the canvas alone."""
    if key.isEmpty():
        return False
    only = combination(key)
    strong = only.keyboardModifiers() & STRONG
    moves = only.key() in _ARROWS and strong == Qt.KeyboardModifier.ControlModifier  # by words, or through a list
    return only.key() < Qt.Key.Key_F1 and (not strong or moves)


def pressed(key: int, held: Qt.KeyboardModifier) -> Pressed:
    """A key press as canvases look it up; the key pad's own modifier does not matter."""
    return Qt.Key(key), held & _COUNTED


def canvas_keys(keymap: Keymap | None = None) -> CanvasKeys:
    """What each key does on a canvas: a method of it and its arguments. Without a keymap the keys are the table's."""
    found: dict[Pressed, tuple[str, tuple[float | str, ...]]] = {}
    for entry in TABLE.values():
        if entry.callback.startswith(CANVAS):
            for key in table_keys(entry) if keymap is None else keymap.keys(entry.id):
                only = combination(key)
                found.setdefault(
                    pressed(only.key(), only.keyboardModifiers()), (entry.callback.removeprefix(CANVAS), entry.by)
                )
    return found


def key_of(keys: CanvasKeys, method: str) -> str:
    """The first key that calls a method of a canvas, as people read it; "" for none."""
    found = next((at for at, (name, _) in keys.items() if name == method), None)
    return native(QKeySequence(QKeyCombination(found[1], found[0]))) if found is not None else ""


class Keymap(QObject):
    """The keys of all actions, by their ids. What a person chooses is kept in the preferences; `changed` follows."""

    changed = Signal()

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self._own = {id: _read(texts) for id, texts in preferences.own_keys.items() if id in TABLE}

    def keys(self, id: str) -> list[QKeySequence]:
        """All keys of an action, the first one shown. Raises KeyError for an unknown one."""
        if id in self._own:
            return list(self._own[id])
        taken = [key for keys in self._own.values() for key in keys]
        return [key for key in table_keys(TABLE[id]) if key not in taken]

    def shown(self, id: str) -> str:
        """The key that menus and tool tips name, "" for none."""
        held = self.keys(id)
        return native(held[0]) if held else ""

    def all_shown(self, id: str) -> str:
        """All keys that a person may want to know of, in one line."""
        return "  or  ".join(native(key) for key in self.keys(id) if id in self._own or usual(key))

    def is_own(self, id: str) -> bool:
        """Whether a person has chosen the keys."""
        return id in self._own

    def is_default(self, id: str) -> bool:
        """Whether an action has the table's keys, all of them."""
        return self.keys(id) == table_keys(TABLE[id])

    @property
    def any_own(self) -> bool:
        return bool(self._own)

    @property
    def own(self) -> dict[str, list[QKeySequence]]:
        """All that a person has chosen, by the actions' ids."""
        return dict(self._own)

    @own.setter
    def own(self, keys: dict[str, list[QKeySequence]]) -> None:
        self._own = dict(keys)
        self._keep()

    def holder(self, key: QKeySequence) -> str:
        """The id of the action that has this key, "" for none."""
        return next((id for id in TABLE if key in self.keys(id)), "")

    def refusal(self, id: str, key: QKeySequence) -> str:
        """Why an action can't have a key at all, in a sentence; "" where it can."""
        text = portable(key)
        if text in FIXED:
            return f"{FIXED[text]} Choose another key."
        menu = next((menu for menu in MENUS if text == f"Alt+{menu[0]}"), "")
        if menu:
            return f"{native(key)} opens the {menu} menu. Choose another key."
        if typed(key) and not TABLE[id].callback.startswith(CANVAS):
            return f"{native(key)} alone is typed in fields. Add Ctrl or Alt, or take a function key."
        return ""

    def give(self, id: str, keys: Iterable[QKeySequence]) -> None:
        """Gives an action exactly these keys; whoever had one of them loses it."""
        wanted = list(keys)
        self._own = {other: [key for key in held if key not in wanted] for other, held in self._own.items()}
        self._own[id] = wanted
        self._keep()

    def reset(self, id: str) -> None:
        """The table's keys again; whoever has taken one of them gives it back."""
        self.give(id, table_keys(TABLE[id]))

    def reset_all(self) -> None:
        """The table's keys for all actions."""
        self._own.clear()
        self._keep()

    def _keep(self) -> None:
        self._own = {id: keys for id, keys in self._own.items() if keys != table_keys(TABLE[id])}
        self._preferences.own_keys = {id: [portable(key) for key in keys] for id, keys in self._own.items()}
        self.changed.emit()


def _read(texts: Iterable[str]) -> list[QKeySequence]:
    """Keys from the file of preferences; what is no single key press is left out."""
    keys = [QKeySequence.fromString(text, QKeySequence.SequenceFormat.PortableText) for text in texts]
    return [key for key in keys if key.count() == 1 and combination(key).key() != Qt.Key.Key_unknown]
