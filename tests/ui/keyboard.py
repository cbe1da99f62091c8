"""Walks over a page with the Tab key and F6, and looks whether one sees where the keyboard is."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QMainWindow,
    QScrollArea,
    QScrollBar,
    QWidget,
)

from netbuilder.ui.canvas.view import Canvas
from netbuilder.ui.docks import behind

TAB = Qt.FocusReason.TabFocusReason
MOST_STOPS = 300


def stops(page: QWidget) -> list[QWidget]:
    """What the Tab key should stop at: all that takes the focus and can be seen, if need be by scrolling."""
    return [
        widget
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
        and widget.window() is page.window()
        and not behind(widget)
        and not isinstance(widget, QScrollBar)
        and not isinstance(widget.parent(), QAbstractSpinBox)
        and not (isinstance(widget.parent(), QAbstractScrollArea) and widget.parent().viewport() is widget)
    ]


def walk(page: QWidget) -> list[QWidget]:
    """What the keyboard reaches: from panel to panel with F6 where the page is the window, and on with Tab both ways.
    The canvas keeps the Tab key, which adds a block there."""
    found: list[QWidget] = []
    for start in _starts(page):
        for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            start.setFocus(TAB)
            _tabs(found, key)
    return found


def _starts(page: QWidget) -> list[QWidget]:
    if page.focusWidget() is None:
        page.focusNextChild()
    starts = [page.focusWidget()]
    while isinstance(page, QMainWindow):
        QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_F6)
        if page.focusWidget() in starts:
            break
        starts.append(page.focusWidget())
    return starts


def _tabs(found: list[QWidget], key: Qt.Key) -> None:
    for _ in range(MOST_STOPS):
        now = QApplication.focusWidget()
        if now not in found:
            found.append(now)
        if isinstance(now, Canvas):
            return
        QTest.keyClick(now, key)
        if QApplication.focusWidget() in found:
            return


def unlit(page: QWidget, widgets: list[QWidget]) -> list[tuple[str, str]]:
    """Those that look no different with the focus: at least as much as a quarter of a line around it must."""
    found = []
    for widget in widgets:
        with_it, without = _grab(page, widget, True), _grab(page, widget, False)
        assert with_it.shape == without.shape
        height, width, _ = with_it.shape
        if (with_it != without).any(axis=2).sum() < (width + height) / 2:
            found.append((type(widget).__name__, widget.accessibleName() or widget.objectName()))
    return found


def _grab(page: QWidget, widget: QWidget, focused: bool) -> np.ndarray:
    if focused:
        widget.setFocus(TAB)
        area = widget.parentWidget()
        while area is not None:
            if isinstance(area, QScrollArea):
                area.ensureWidgetVisible(widget)
            area = area.parentWidget()
    else:
        widget.clearFocus()
    QApplication.processEvents()
    window = page.window()
    rect = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).adjusted(-3, -3, 3, 3) & window.rect()
    image = window.grab(rect).toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[:, :, :3].copy()
