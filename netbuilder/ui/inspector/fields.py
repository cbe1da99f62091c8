"""One field for each kind of parameter. What is typed is judged by the parameter's own declaration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from netbuilder.blocks.params import Choice, Int, Param
from netbuilder.graph.model import Value
from netbuilder.ui.inspector.scope import Scope
from netbuilder.ui.text import label, tip

NOTHING = "none"
DIFFERS = "—"  # what stands for values that are not the same in all of several nodes


class Mixed:
    """The type of MIXED."""

    def __repr__(self) -> str:
        return "MIXED"


MIXED: Final = Mixed()
"""The value of a field that stands for several nodes with different values."""

# What a person reads for an option that says too little by itself, by parameter and option.
WORDS = {
    ("precision", "float32"): "float32: full",
    ("precision", "bf16"): "bf16: half, newer cards",
    ("precision", "fp16"): "fp16: half, older cards",
    ("schedule_unit", "epoch"): "epochs",
    ("schedule_unit", "step"): "steps",
    ("split", "fractions"): "by shares, at random",
    ("split", "folds"): "in folds",
    ("split", "time"): "in time order",
    ("split", "given"): "as the data says",
    ("split", "column"): "by a column",
    ("best_direction", "max"): "larger",
    ("best_direction", "min"): "smaller",
}


def label_of(param: Param) -> str:
    """What a person reads beside the field."""
    text = param.label or param.name.replace("_", " ")
    return text[:1].upper() + text[1:]


def sentence(param: Param, wrong: str) -> str:
    """What is wrong with a parameter as a sentence: "Out channels must be at least 1, is 0."."""
    joint = " " if wrong.startswith("must ") else ": "
    return f"{label_of(param)}{joint}{wrong}."


def tip_of(param: Param, more: str = "") -> str:
    """The parameter's help under the name that torch and the generated source give it, and what else to say."""
    return tip("\n".join(filter(None, (f"{param.name}: {param.help}" if param.help else param.name, more))))


class Field(QWidget):
    """Shows and edits one parameter. `committed(value)` comes once for each edit, and only with valid values."""

    wide = False  # needs the whole width, below its label

    committed = Signal(object)
    asked = Signal(str, str)  # what to do with a network ("open", "rename"), its name

    def __init__(self, param: Param, scope: Scope) -> None:
        super().__init__()
        self.param = param
        self.scope = scope
        self.value: Value = None
        self.mixed = False  # it stands for several nodes whose values differ
        self.row = QHBoxLayout()
        self.row.setSpacing(6)
        self.editor = self.make_editor()
        self.editor.setToolTip(tip_of(param))
        self.editor.setAccessibleName(label_of(param))
        self.editor.setAccessibleDescription(param.help)
        self.computed = label(look="muted")  # what an expression comes to
        self.computed.setVisible(False)
        self.message = label(look="wrong", wrap=True)
        self.message.setVisible(False)
        self.row.insertWidget(0, self.editor, 1)
        self.row.insertWidget(1, self.computed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(self.row)
        layout.addWidget(self.message)
        self.setFocusProxy(self.editor)

    def make_editor(self) -> QWidget:
        raise NotImplementedError

    def show_editor(self, value: Value) -> None:
        """Lets the editor show the value, without telling anyone."""
        raise NotImplementedError

    def show_value(self, value: Value) -> None:
        """Shows what the node has; a value from a file that the declaration refuses is shown with what is wrong."""
        self.value, self.mixed = value, False
        self.show_editor(value)
        self.judge(value)

    def show_mixed(self) -> None:
        """Shows that the nodes which the field stands for have different values; any edit gives all the same."""
        self.mixed = True
        self.value = MIXED  # type: ignore[assignment]  # equal to no value, so each edit is one
        self.show_differing()
        self.say_computed("")
        self.tell("")

    def show_differing(self) -> None:
        """Lets the editor show that values differ, without telling anyone."""
        raise NotImplementedError

    def show_again(self) -> None:
        """Shows what there is, in place of what was typed."""
        if self.mixed:
            self.show_mixed()
        else:
            self.show_value(self.value)

    def judge(self, value: Value) -> None:
        """Shows what the value comes to, and what is wrong with it."""
        self.say_computed(self.scope.computed(self.param, value)[0])
        self.tell(self.scope.wrong(self.param, value))

    def say_computed(self, text: str) -> None:
        """Shows this beside the editor, nothing for ""."""
        self.computed.setText(text)
        self.computed.setVisible(bool(text))
        self.editor.setAccessibleDescription(f"{text}. {self.param.help}" if text else self.param.help)

    def tell(self, wrong: str) -> None:
        """Shows what is wrong below the field, nothing for ""."""
        self.message.setText(sentence(self.param, wrong) if wrong else "")
        self.message.setVisible(bool(wrong))
        self.paint_wrong(self.editor, bool(wrong))

    @staticmethod
    def paint_wrong(editor: QWidget, wrong: bool) -> None:
        """Gives an editor the look of one that holds something wrong."""
        if editor.property("wrong") != wrong:
            editor.setProperty("wrong", wrong)
            editor.style().polish(editor)

    def commit(self, value: Value) -> None:
        if value != self.value or type(value) is not type(self.value):
            self.value, self.mixed = value, False
            self.committed.emit(value)


class Line(QLineEdit):
    """A line in which Escape takes the edit back and, for whole numbers, Up and Down count."""

    taken_back = Signal()
    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        if event.key() == Qt.Key.Key_Escape:
            self.taken_back.emit()
        elif event.key() in steps:
            self.stepped.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)


class TextField(Field):
    """Anything that is typed: numbers, sizes, lists, text; and expressions, whatever the kind."""

    editor: Line
    placeholder = ""  # what is shown where nothing stands

    def make_editor(self) -> QWidget:
        editor = Line()
        editor.setMaxLength(4000)
        editor.textEdited.connect(self._typed)
        editor.editingFinished.connect(self._finish)
        editor.taken_back.connect(self.show_again)
        editor.stepped.connect(self._step)
        return editor

    def show_editor(self, value: Value) -> None:
        self.editor.setPlaceholderText(self.placeholder)
        text = self.param.show(value)
        if self.editor.text() != text:
            self.editor.setText(text)

    def show_differing(self) -> None:
        self.editor.setPlaceholderText(f"{DIFFERS}  differs")
        self.editor.clear()

    def wrong(self, text: str) -> str:
        try:
            return self.scope.wrong(self.param, self.param.parse(text))
        except ValueError as error:
            return str(error)

    def _typed(self, text: str) -> None:
        try:
            self.judge(self.param.parse(text))
        except ValueError as error:
            self.say_computed("")
            self.tell(str(error))

    def _finish(self) -> None:
        text = self.editor.text()
        shown = "" if self.mixed else self.param.show(self.value)
        if text == shown:
            return
        if wrong := self.wrong(text):
            self.tell(wrong)
        else:
            value = self.param.parse(text)
            self.judge(value)
            self.commit(value)

    def _step(self, by: int) -> None:
        if not isinstance(self.param, Int) or self.wrong(self.editor.text()):
            return
        now = self.param.parse(self.editor.text())
        if isinstance(now, int) and not self.param.check(now + by):
            self.editor.setText(str(now + by))


class BoolField(Field):
    """Yes or no."""

    editor: QCheckBox

    def make_editor(self) -> QWidget:
        editor = QCheckBox()
        editor.clicked.connect(self._click)
        return editor

    def _click(self, checked: bool) -> None:
        self.editor.setTristate(False)
        self.commit(checked)

    def show_editor(self, value: Value) -> None:
        self.editor.setTristate(False)
        self.editor.setChecked(value is True)

    def show_differing(self) -> None:
        self.editor.setTristate(True)
        self.editor.setCheckState(Qt.CheckState.PartiallyChecked)


class Box(QComboBox):
    """A list that the wheel does not change: one scrolls past it far more often than one means it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ChoiceField(Field):
    """One of some words: the declaration's options, or the project's networks or data sets."""

    editor: Box

    def make_editor(self) -> QWidget:
        editor = Box()
        editor.activated.connect(lambda at: self._choose(editor.itemData(at)))
        return editor

    def _choose(self, value: Value | Mixed) -> None:
        if not isinstance(value, Mixed):
            self.commit(value)
            self.judge(value)

    def words(self, option: Value) -> str:
        """What a person reads for an option."""
        text = NOTHING if option is None else str(option)
        return WORDS.get((self.param.name, text), text)

    def options(self) -> list[Value]:
        known: Sequence[str] = self.param.options if isinstance(self.param, Choice) else self.scope.names(self.param)
        return [*known, None] if self.param.optional else list(known)

    def show_editor(self, value: Value) -> None:
        options = self.options()
        if value not in options:
            options.insert(0, value)
        self.editor.clear()
        for option in options:
            self.editor.addItem(self.words(option) or "choose…", option)
        self.editor.setCurrentIndex(options.index(value))

    def show_differing(self) -> None:
        self.show_editor(self.options()[0])
        self.editor.insertItem(0, f"{DIFFERS}  differs", MIXED)
        self.editor.setCurrentIndex(0)
