"""Draws comment and summary as GitHub shows them: ``python -m docs.make_action_pictures``.

Needs Chromium, as `chromium` on the path or where `CHROMIUM` says, so it is no part of
``make docs``: run it when the comment's words have changed, and look at the pictures.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.image
import numpy as np
from markdown_it import MarkdownIt
from numpy.typing import NDArray

from docs.generate_action import said_of_example

IMAGES = Path(__file__).parent / "images"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTH, TALLEST = 860, 3000  # pixels of the page; what is below the text is cut off
SCALE = 2
MARGIN = 24
# Nothing is fetched, and nobody's profile is used.
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--default-background-color=FFFFFFFF"),
)
AUTHOR = """\
<header><b>github-actions</b> <i>bot</i> commented 2 minutes ago</header>
"""
PAGE = """\
<!doctype html>
<meta charset="utf-8">
<style>
body {{ font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  color: #1f2328; margin: {margin}px; }}
article {{ border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden; }}
header {{ background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 16px;
  color: #59636e; }}
header b {{ color: #1f2328; }}
header i {{ border: 1px solid #d1d9e0; border-radius: 2em; font-style: normal; font-size: 12px;
  padding: 0 6px; }}
main {{ padding: 16px; }}
h2 {{ font-size: 21px; margin: 0 0 16px; padding-bottom: 5px; border-bottom: 1px solid #d1d9e0; }}
h3 {{ font-size: 17.5px; margin: 0 0 16px; }}
p, ul, table, details {{ margin: 0 0 16px; }}
ul {{ padding-left: 28px; }}
li + li {{ margin-top: 3.5px; }}
code {{ background: #818b981f; border-radius: 6px; font: 85% "DejaVu Sans Mono", monospace;
  padding: .2em .4em; }}
table {{ border-collapse: collapse; }}
td, th {{ border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left; }}
a {{ color: #0969da; text-decoration: none; }}
</style>
<article>{author}<main>{content}</main></article>
"""


def page(name: str, markdown: str) -> str:
    """A page that shows markdown as GitHub does, a comment below its author."""
    content = MarkdownIt("gfm-like").render(markdown)
    author = AUTHOR if name == "comment" else ""
    return PAGE.format(margin=MARGIN, author=author, content=content)


def cropped(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Without the blank rows at the end, but for a margin: (rows, columns, colours)."""
    is_blank = (picture == picture[-1]).all(axis=(1, 2))
    end = len(picture) - int(is_blank[::-1].argmin())
    return picture[: end + MARGIN * SCALE]


def draw(chromium: str, html: str, target: Path) -> None:
    """Have Chromium draw a page, and cut off what is blank."""
    with tempfile.TemporaryDirectory() as folder:
        source, shot = Path(folder) / "page.html", Path(folder) / "shot.png"
        source.write_text(html, encoding="utf-8")
        command = [
            *(chromium, *OPTIONS, f"--user-data-dir={folder}/profile"),
            *(f"--window-size={WIDTH},{TALLEST}", f"--force-device-scale-factor={SCALE}"),
            *(f"--screenshot={shot}", source.as_uri()),
        ]
        subprocess.run(command, check=True, capture_output=True)
        matplotlib.image.imsave(target, cropped(matplotlib.image.imread(shot)))


def find_chromium() -> str:
    """Return where Chromium is; ends with a message if it is nowhere."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        if name and (path := shutil.which(name)):
            return path
    sys.exit("No Chromium here. Install it, or name it: CHROMIUM=/path/to/chromium")


if __name__ == "__main__":
    found = find_chromium()
    for name, markdown in said_of_example().items():
        draw(found, page(name, markdown), IMAGES / f"action-{name}.png")
