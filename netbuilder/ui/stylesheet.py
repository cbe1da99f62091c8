"""The window's one style sheet, written with tokens: `@name` is a colour, `#name#` a size in pixels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from netbuilder.resources import resource

_COLOR = re.compile(r"@([a-z][a-z_.]*[a-z])")
_SIZE = re.compile(r"#([a-z][a-z.]*[a-z])#")

RULES = """
QToolTip { color: @text; background: @raised; border: #line#px solid @border.strong; padding: #space.xs#px 6px; }
QMainWindow::separator { background: @window; width: 5px; height: 5px; }
QMainWindow::separator:hover { background: @accent; }
QMenuBar { background: @window; padding: 2px #space.xs#px; }
QMenuBar::item { padding: #space.xs#px 9px; border-radius: #radius.s#px; background: transparent; }
QMenuBar::item:selected { background: @hover; }
QMenu { background: @raised; border: #line#px solid @border; padding: #space.xs#px; }
QMenu::item { padding: 5px 22px 5px 10px; border-radius: #radius.s#px; }
QMenu::icon { padding-left: #space.s#px; }
QMenu::item:selected { background: @selection; color: @selection.text; }
QMenu::item:disabled { color: @text.disabled; }
QMenu::separator { height: 1px; background: @border; margin: #space.xs#px 6px; }
QToolBar { background: @window; border: none; spacing: 2px; padding: #space.xs#px #space.s#px; }
QToolBar::separator { background: @border; width: 1px; margin: 5px 6px; }
QToolButton { border: #line#px solid transparent; border-radius: #radius.m#px; padding: 5px; background: transparent; }
QToolButton:hover { background: @hover; }
QToolButton:pressed, QToolButton:checked { background: @pressed; }
QToolButton:focus { border: #line#px solid @focus; }
QPushButton { background: @raised; border: #line#px solid @border.strong; border-radius: #radius.m#px;
    padding: 5px 14px; }
QDialogButtonBox, QMessageBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @pressed; }
QPushButton:focus { border: #line.focus#px solid @focus; padding: #space.xs#px 13px; }
QPushButton[compact="true"] { padding: 2px 10px; }
QPushButton[compact="true"]:focus { padding: 1px 9px; }
QPushButton:disabled { color: @text.disabled; border-color: @border; }
QPushButton[accent="true"], QToolButton[accent="true"] {
    background: @accent; color: @text.on_accent; border: #line#px solid @accent; font-weight: 600; padding: 5px 14px; }
QPushButton[accent="true"]:hover, QToolButton[accent="true"]:hover { background: @accent.hover; }
QPushButton[accent="true"]:pressed, QToolButton[accent="true"]:pressed { background: @accent.pressed; }
QPushButton[accent="true"]:focus, QToolButton[accent="true"]:focus {
    border: #line.focus#px solid @text; padding: #space.xs#px 13px; }
QPushButton[accent="true"]:disabled, QToolButton[accent="true"]:disabled {
    background: @raised; color: @text.disabled; border-color: @border; }
QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox {
    background: @field; border: #line#px solid @border.strong; border-radius: #radius.s#px; padding: #space.xs#px 7px;
    min-height: 18px; selection-background-color: @selection; selection-color: @selection.text; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus { border: #line.focus#px solid @focus;
    padding: 3px 6px; }
QLineEdit[wrong="true"] { border: #line.focus#px solid @error; padding: 3px 6px; }
QLineEdit:disabled, QComboBox:disabled { color: @text.disabled; border-color: @border; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url("!chevron!"); width: 12px; height: 12px; }
QComboBox { combobox-popup: 0; }
QComboBox QAbstractItemView { background: @raised; border: none; padding: 0; outline: none; }
QComboBoxPrivateContainer { background: @raised; border: #line#px solid @border.strong; }
QCheckBox { spacing: 7px; padding: 3px 0; }
QCheckBox:focus { color: @focus; }
QCheckBox::indicator { width: 15px; height: 15px; border: #line#px solid @border.strong; border-radius: #radius.s#px;
    background: @field; }
QCheckBox::indicator:hover { border-color: @text.muted; }
QCheckBox::indicator:focus { border-color: @focus; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url("!check!"); }
QCheckBox::indicator:disabled { border-color: @border; }
QAbstractItemView { border: none; outline: none; }
QTreeView, QListView, QTableView { background: @surface; border: #line#px solid transparent; }
QTreeView::item, QListView::item { padding: 3px #space.xs#px; border-radius: #radius.s#px; }
QTreeView::item:hover, QListView::item:hover { background: @hover; }
QTreeView::item:selected, QListView::item:selected { background: @selection; color: @selection.text; }
QTreeView { show-decoration-selected: 0; }
QTreeView::branch, QTreeView::branch:selected, QTreeView::branch:hover { background: transparent; }
QPlainTextEdit, QTextEdit { background: @code.background; color: @code.text; border: #line#px solid transparent;
    selection-background-color: @selection; selection-color: @selection.text; }
QPlainTextEdit[code="true"] { border: #line#px solid @border.strong; border-radius: #radius.s#px; padding: 2px;
    font-family: !code-fonts!; font-size: #type.code#px; }
QPlainTextEdit[code="true"]:focus { border: #line.focus#px solid @focus; padding: 1px; }
QPlainTextEdit[code="true"][wrong="true"] { border: #line.focus#px solid @error; padding: 1px; }
QDockWidget::title { background: @surface; padding: 9px #space.m#px 3px #space.m#px; }
*[panel="true"] { background: @surface; }
QFrame[drop="true"] { border: 2px dashed @border.strong; border-radius: #radius.xl#px; background: @surface; }
QFrame[row="true"] { border: none; border-bottom: #line#px solid @border; }
QFrame[over="true"] { background: @raised; border: #line#px solid @border.strong; border-radius: #radius.l#px; }
QFrame[over="true"] QLabel { background: transparent; border: none; }
QFrame[over="true"] QPlainTextEdit { background: @field; border: #line#px solid @border.strong;
    border-radius: #radius.s#px; padding: 1px; }
QFrame[over="true"] QPlainTextEdit:focus { border: #line.focus#px solid @focus; padding: 0; }
QLabel[warning="true"] { background: @warning.soft; border-radius: #radius.s#px; padding: 6px 10px; }
*[notice="true"] { background: @warning.soft; }
*[panel="true"] QTreeView, *[panel="true"] QListView, *[panel="true"] QTableView { background: transparent; }
QToolButton::menu-indicator { image: none; }
QToolButton[quiet="true"] { color: @text.muted; padding: 3px #space.s#px 3px 2px; }
QToolButton[quiet="true"]:checked { background: transparent; }
QFrame[boundary="true"] { border: 1px solid @border; border-radius: #radius.m#px; }
QToolButton[crumb="true"] { padding: 1px 6px; }
QToolButton[beside="true"] { color: @text; background: @raised; border: #line#px solid @border.strong;
    border-radius: #radius.s#px; padding: 3px 7px; }
QToolButton[beside="true"]:hover { background: @hover; }
QToolButton[beside="true"]:focus { border: #line.focus#px solid @focus; padding: 2px 6px; }
QToolButton[beside="true"]:disabled { color: @text.disabled; border-color: @border; }
QTabWidget::pane { border: none; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: @text.muted; padding: 6px #space.m#px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: @text; background: @hover; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar[quiet="true"]::tab:selected { color: @text.muted; border-bottom: 2px solid @border.strong; }
QTabBar:focus { outline: none; }
QTabBar::tab:selected:focus { background: @hover; }
QStatusBar { background: @window; color: @text.muted; }
QStatusBar::item { border: none; }
QHeaderView { background: @surface; border: none; }
QHeaderView::section { background: @surface; color: @text.muted; border: none; padding: #space.xs#px #space.s#px; }
QTableCornerButton::section { background: @surface; border: none; }
QTableView { selection-background-color: @selection; selection-color: @selection.text; }
QTableView::item { padding: 0 #space.s#px; }
QTableView::item:focus { border: none; }
QSplitter::handle { background: @border; }
QScrollArea { background: transparent; border: #line#px solid transparent; }
QGraphicsView { border: #line#px solid transparent; }
QTreeView:focus, QListView:focus, QTableView:focus, QScrollArea:focus, QGraphicsView:focus, QPlainTextEdit:focus,
    QTextEdit:focus { border: #line#px solid @focus; }
QGraphicsView[canvas="true"], QGraphicsView[canvas="true"]:focus { border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 11px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 11px; margin: 0; }
QScrollBar::handle { background: @border.strong; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: @text.muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: @field; border: #line#px solid @border; border-radius: #radius.s#px; text-align: center; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QLabel[muted="true"] { color: @text.muted; }
QLabel[wrong="true"] { color: @error; }
QLabel[strong="true"] { font-weight: 600; }
QLabel[heading="true"] { color: @text.muted; font-weight: 600; }
"""


def stylesheet(
    colors: Mapping[str, str], sizes: Mapping[str, float], fonts: Mapping[str, Sequence[str]], name: str
) -> str:
    """The rules with their tokens filled in. Raises KeyError for a token that the theme lacks."""
    text = _COLOR.sub(lambda found: colors[found[1]], RULES)
    text = _SIZE.sub(lambda found: f"{sizes[found[1]]:g}", text)
    text = text.replace("!code-fonts!", ", ".join(f'"{family}"' for family in fonts["code"]))
    for icon in ("chevron", "check"):
        text = text.replace(f"!{icon}!", resource(f"icons/{icon}-{name}.svg").as_posix())
    return text
