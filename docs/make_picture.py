"""Renders a plan.html to the README's picture: `python docs/make_picture.py figwright-out/orderdesk/plan.html docs/report.png`.

Needs playwright and a Chromium on this machine; FIGWRIGHT_CHROMIUM names one that is not called chromium.
"""

from __future__ import annotations

import argparse
import os
import shutil
import struct
import zlib
from pathlib import Path

LIMIT = 400_000
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PARTS = ("header.top", "#first", "#map > .pair")


def find_chromium() -> str | None:
    """The browser's path: the one that is named, else the first of the usual names."""
    named = os.environ.get("FIGWRIGHT_CHROMIUM")
    return named or next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)


def take(page_file: Path, width: int) -> bytes:
    """A PNG of what a reader sees first, and of the map; everything between is left out."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme="light")
        page.goto(page_file.resolve().as_uri())
        page.evaluate(
            """parts => {
                const main = document.querySelector('main'), keep = parts.map(p => document.querySelector(p)).filter(Boolean);
                document.querySelectorAll('nav.toc').forEach(e => e.remove());
                document.querySelector('.layout').style.display = 'block';
                main.replaceChildren(...keep);
                keep.slice(2).forEach(e => {
                    e.style.marginTop = '2.5rem';
                    const rows = e.querySelectorAll('tbody tr');
                    rows.forEach((r, i) => { if (i > 11) r.remove(); });
                    e.querySelectorAll('input, figcaption, p.note').forEach(x => x.remove());
                });
            }""",
            list(PARTS),
        )
        shot: bytes = page.screenshot(full_page=True)
        browser.close()
    return shot


def with_palette(png: bytes) -> bytes:
    """The same picture with at most 256 colours and best compression: a third of the size, and no tool to install.

    The 256 most frequent colours (4 bits a channel where there are more) serve; flat pictures lose nothing visible.
    """
    width, height, pixels = _pixels(png)
    counts: dict[bytes, int] = {}
    for at in range(0, len(pixels), 3):
        colour = pixels[at : at + 3]
        counts[colour] = counts.get(colour, 0) + 1
    palette = [colour for colour, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:256]]
    index = {colour: place for place, colour in enumerate(palette)}
    nearest: dict[bytes, int] = {}
    rows = bytearray()
    for row in range(height):
        rows.append(0)
        for at in range(row * width * 3, (row + 1) * width * 3, 3):
            colour = pixels[at : at + 3]
            place = index.get(colour)
            if place is None:
                place = nearest.get(colour)
            if place is None:
                r, g, b = colour
                place = min(
                    range(len(palette)),
                    key=lambda n: (palette[n][0] - r) ** 2 + (palette[n][1] - g) ** 2 + (palette[n][2] - b) ** 2,
                )
                nearest[colour] = place
            rows.append(place)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _pixels(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and RGB bytes of an 8-bit, non-interlaced RGB or RGBA picture (what a browser makes)."""
    at, packed = 8, b""
    width = height = channels = 0
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, height, _, colour_type = struct.unpack(">IIBB", data[:10])
            channels = {2: 3, 6: 4}[colour_type]
        elif kind == b"IDAT":
            packed += data
        at += 12 + size
    raw, stride = zlib.decompress(packed), width * channels
    out, above = bytearray(), bytearray(stride)
    for row in range(height):
        start = row * (stride + 1)
        line = _unfilter(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), above, channels)
        out += line if channels == 3 else b"".join(bytes(line[n : n + 3]) for n in range(0, stride, 4))
        above = line
    return width, height, bytes(out)


def _unfilter(kind: int, line: bytearray, above: bytearray, step: int) -> bytearray:
    """One row back from its PNG filter (PNG specification, section 9)."""
    for n in range(len(line)):
        left = line[n - step] if n >= step else 0
        corner = above[n - step] if n >= step else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[n]
        elif kind == 3:
            guess = (left + above[n]) // 2
        elif kind == 4:
            p = left + above[n] - corner
            guess = min((abs(p - left), 0, left), (abs(p - above[n]), 1, above[n]), (abs(p - corner), 2, corner))[2]
        else:
            return line
        line[n] = (line[n] + guess) & 255
    return line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path, help="a plan.html")
    parser.add_argument("picture", type=Path, nargs="?", default=Path("docs/report.png"))
    parser.add_argument("--width", type=int, default=1440)
    options = parser.parse_args()
    if find_chromium() is None:
        raise SystemExit("No Chromium found: install one, or name it in FIGWRIGHT_CHROMIUM.")
    picture = with_palette(take(options.page, options.width))
    if len(picture) > LIMIT:
        raise SystemExit(f"The picture has {len(picture):,} bytes, more than {LIMIT:,}: choose a smaller --width.")
    options.picture.write_bytes(picture)
    print(f"{options.picture}: {len(picture):,} bytes")


if __name__ == "__main__":
    main()
