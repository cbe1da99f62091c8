"""Pictures of graphs as files: PNG in pixels, SVG and PDF in lines and text that can be searched."""

from __future__ import annotations

import threading
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QFontInfo, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from netbuilder.graph.write import write_atomically
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.pictures.paint import Part, paint

FORMATS: dict[str, str] = {"png": "PNG: pixels", "svg": "SVG: lines and text", "pdf": "PDF: one page"}
SCALES = (1, 2, 3)
MOST_PIXELS = 40_000_000  # 160 MB while it is painted
MOST_SIDE = 30_000  # pixels: Qt's painter counts in 16 bits
MOST_POINTS = 14_400.0  # the longest side of a page that PDF readers take (ISO 32000, annex C)
POINTS = 72 / 96  # points for one scene unit: 100 % on a screen of 96 dots per inch
DOTS = 1200  # dots per inch in which places in a PDF are counted
PAINTED = 0.9  # of the work; the rest is to pack it into a file


class PictureError(ValueError):
    """A picture cannot be made; the message is one sentence."""


class Wish(NamedTuple):
    """How a picture is made. `format` is one of FORMATS; `ground` False leaves the background clear; `scale` is in
    pixels for one scene unit, and means nothing to SVG and PDF. `title` and `about` are written into the file."""

    format: str
    ground: bool = True
    scale: float = 1.0
    title: str = ""
    about: str = ""


def pixels(rect: QRectF, scale: float) -> tuple[QSize, float]:
    """The size of a PNG of this part of a scene, and its scale: as asked, or as large as can be."""
    width, height = max(rect.width(), 1.0), max(rect.height(), 1.0)
    fits = min(scale, (MOST_PIXELS / (width * height)) ** 0.5, MOST_SIDE / width, MOST_SIDE / height)
    size = QSize(max(int(width * fits), 1), max(int(height * fits), 1))
    if fits == scale:
        size = QSize(max(round(width * fits), 1), max(round(height * fits), 1))
    return size, fits


def page_points(rect: QRectF) -> float:
    """Points in a PDF for one scene unit: as on screen, or as large as a page can be."""
    return min(POINTS, MOST_POINTS / max(rect.width(), rect.height()))


def make(scene: GraphScene, part: Part, wish: Wish) -> Generator[float, None, bytes]:
    """The file's bytes, in steps; each yields the share (0 to 1) that is done. Raises PictureError."""
    if not part:
        raise PictureError("There is nothing in this graph to make a picture of.")
    return (yield from {"png": _png, "svg": _svg, "pdf": _pdf}[wish.format](scene, part, wish))


def _paint(painter: QPainter, scene: GraphScene, part: Part, wish: Wish, scale: float) -> Generator[float, None, None]:
    painter.scale(scale, scale)
    painter.translate(-part.rect.topLeft())
    for done in paint(painter, scene, part, ground=wish.ground):
        yield PAINTED * done


def image(scene: GraphScene, part: Part, wish: Wish) -> Generator[float, None, QImage]:
    """The picture in pixels, in steps. Raises PictureError."""
    size, scale = pixels(part.rect, wish.scale)
    made = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    if made.isNull():
        raise PictureError(f"There is not enough memory for {size.width():,} × {size.height():,} pixels; choose fewer.")
    made.fill(0)
    made.setDotsPerMeterX(round(96 * scale / 0.0254))
    made.setDotsPerMeterY(round(96 * scale / 0.0254))
    for name, text in (("Title", wish.title), ("Description", wish.about), ("Software", "netbuilder")):
        made.setText(name, text)
    with QPainter(made) as painter:
        yield from _paint(painter, scene, part, wish, scale)
    return made


def _png(scene: GraphScene, part: Part, wish: Wish) -> Generator[float, None, bytes]:
    made = yield from image(scene, part, wish)
    packed: list[bytes] = []
    thread = threading.Thread(target=lambda: packed.append(_packed(made)))  # Qt lets other threads go on meanwhile
    thread.start()
    while thread.is_alive():
        thread.join(0.01)
        yield PAINTED
    if not packed or not packed[0]:
        raise PictureError("The picture could not be packed into a PNG file; choose a smaller size.")
    return packed[0]


def _packed(made: QImage) -> bytes:
    held = QByteArray()
    with _Open(held) as buffer:
        made.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes, which are refused
    return bytes(held.data())


def _svg(scene: GraphScene, part: Part, wish: Wish) -> Generator[float, None, bytes]:
    held = QByteArray()
    with _Open(held) as buffer:
        target = QSvgGenerator()
        target.setOutputDevice(buffer)
        target.setResolution(96)
        target.setViewBox(QRectF(QPointF(), part.rect.size()))
        target.setSize(part.rect.size().toSize())
        target.setTitle(wish.title)
        target.setDescription(wish.about)
        with QPainter(target) as painter:
            yield from _paint(painter, scene, part, wish, 1.0)
    # Qt writes the first family alone; who has not got it would see a text with serifs.
    wanted = scene.styling.title_text.font
    families = ", ".join(dict.fromkeys([QFontInfo(wanted).family(), *wanted.families(), "sans-serif"]))
    return bytes(held.data()).replace(f'font-family="{wanted.family()}"'.encode(), f'font-family="{families}"'.encode())


def _pdf(scene: GraphScene, part: Part, wish: Wish) -> Generator[float, None, bytes]:
    held = QByteArray()
    size = part.rect.size()
    points = page_points(part.rect)
    with _Open(held) as buffer:
        target = QPdfWriter(buffer)
        target.setResolution(DOTS)
        target.setTitle(wish.title)
        target.setCreator("netbuilder")
        target.setDocumentXmpMetadata(_xmp(wish))
        page = QPageSize(QSizeF(size * points), QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
        target.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF()))
        with QPainter(target) as painter:
            yield from _paint(painter, scene, part, wish, points * DOTS / 72)
    return bytes(held.data())


def _xmp(wish: Wish) -> bytes:
    """Title and description as PDF readers and file managers look for them (ISO 16684-1)."""
    entry = '<dc:{0}><rdf:Alt><rdf:li xml:lang="x-default">{1}</rdf:li></rdf:Alt></dc:{0}>'
    inside = entry.format("title", escape(wish.title)) + entry.format("description", escape(wish.about))
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">{inside}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


class _Open:
    """A device that writes into the bytes while it is open."""

    def __init__(self, held: QByteArray) -> None:
        self._buffer = QBuffer(held)

    def __enter__(self) -> QBuffer:
        self._buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        return self._buffer

    def __exit__(self, *error: object) -> None:
        self._buffer.close()


def write(path: Path, data: bytes) -> None:
    """Puts the picture in place of the file, or leaves the old one as it was. Raises PictureError."""
    try:
        write_atomically(path, data)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PictureError(f"“{path}” cannot be written: {reason}. Choose another place.") from None
