"""Cards of the welcome page: a preset with its picture, a recent file with its folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from netbuilder.presets import Preset
from netbuilder.ui.text import tip
from netbuilder.ui.theme import Theme

CARD = QSize(268, 250)
PICTURE = 124
LINE_HEIGHT = 48
RECENT = QSize(268, 146)
RECENT_PICTURE = 92
TOP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
BOTTOM = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom


class Card(QAbstractButton):
    """A button that paints itself: outline on focus, raised under the mouse."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        return super().event(event)

    def frame(self, painter: QPainter) -> QPainterPath:
        """Paints the card's ground; gives its outline."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        active = self.underMouse() or self.isDown()
        radius = theme.size("radius.xl")
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        painter.fillPath(path, theme.color("hover" if self.isDown() else "raised" if active else "surface"))
        self.edge(painter, path)
        return path

    def edge(self, painter: QPainter, path: QPainterPath) -> None:
        """Paints the outline again, over what was painted into the card."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        border = "focus" if self.hasFocus() else "border.strong" if self.underMouse() or self.isDown() else "border"
        painter.setPen(QPen(self._theme.color(border), 2 if self.hasFocus() else 1))
        painter.drawPath(path)


class PresetCard(Card):
    """Picture, title and a sentence. The picture is read when the card is first seen."""

    def __init__(self, preset: Preset, picture: Path | None, theme: Theme) -> None:
        super().__init__(theme)
        self.preset, self._path = preset, picture
        self._picture: QPixmap | None = None
        self.setFixedSize(CARD)
        self.setText(preset.title)
        self.setAccessibleName(f"Preset {preset.title}")
        self.setAccessibleDescription(preset.summary)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        outline = self.frame(painter)
        theme = self._theme
        painter.save()
        painter.setClipPath(outline)
        area = QRect(2, 2, self.width() - 4, PICTURE)
        painter.fillRect(area, theme.color("canvas.background"))
        if self._picture is None:
            self._picture = QPixmap(str(self._path)) if self._path is not None else QPixmap()
        if not self._picture.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(area, self._picture)
        painter.restore()
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("type.title", bold=True))
        left, width = 16, self.width() - 32
        painter.drawText(QRect(left, PICTURE + 12, width, 22), Qt.AlignmentFlag.AlignLeft, self.text())
        painter.setPen(theme.color("text.muted"))
        painter.setFont(theme.font("type.small"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        below = QRect(left, PICTURE + 37, width, CARD.height() - PICTURE - 46)
        painter.drawText(below, flags, self.preset.summary)
        painter.end()


class LineCard(Card):
    """A name over a smaller line about it."""

    def __init__(self, title: str, theme: Theme, detail: str = "") -> None:
        super().__init__(theme)
        self.detail = detail
        self.setFixedHeight(LINE_HEIGHT)
        self.setText(title)

    def set_detail(self, detail: str) -> None:
        if detail != self.detail:
            self.detail = detail
            self.setAccessibleDescription(detail)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, LINE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.frame(painter)
        theme = self._theme
        inner = self.rect().adjusted(14, 6, -14, -6)
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("type.body", bold=True))
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self.text())
        painter.setPen(theme.color("text.muted"))
        painter.setFont(theme.font("type.small"))
        text = painter.fontMetrics().elidedText(self.detail, Qt.TextElideMode.ElideMiddle, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text)
        painter.end()


class RecentCard(Card):
    """A file's picture over its name and its folder."""

    def __init__(self, path: Path, theme: Theme) -> None:
        super().__init__(theme)
        self.path = path
        self.picture: QImage | None = None
        self.setFixedSize(RECENT)
        self.setText(path.stem)
        self.setAccessibleName(f"Open {path.name} in {path.parent}")
        self.setToolTip(tip(str(path)))

    def show_picture(self, picture: QImage | None) -> None:
        """Shows this picture, as large as the card's upper part; None: the bare ground."""
        self.picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        outline = self.frame(painter)
        theme = self._theme
        area = QRect(2, 2, self.width() - 4, RECENT_PICTURE)
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(area, theme.color("canvas.background"))
        if self.picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self.picture)
        painter.restore()
        self.edge(painter, outline)
        inner = self.rect().adjusted(14, RECENT_PICTURE + 10, -14, -9)
        for token, font, text, mode, to in (
            ("text", theme.font("type.body", bold=True), self.text(), Qt.TextElideMode.ElideRight, TOP),
            ("text.muted", theme.font("type.small"), str(self.path.parent), Qt.TextElideMode.ElideMiddle, BOTTOM),
        ):
            painter.setPen(theme.color(token))
            painter.setFont(font)
            painter.drawText(inner, to, painter.fontMetrics().elidedText(text, mode, inner.width()))
        painter.end()
