"""An issue, as a model may see it.

``normalize`` turns GitHub's markdown, or another renderer's text of it, into ordered segments
without what issue templates add. Renderers lose marks, so what lines say decides where it can:
code, logs and errors are found in a fence or out of it, template headings under any markup, a
link is one whose address the reader sees, a permalink is its path and lines, code's language is
read off the code. Bullets, quote marks and the ``#`` of headings leave no trace in a rendered
text: LIST_ITEM, QUOTE, TABLE and HEADING stand only where markdown says so, and a model that
must score both renderings alike reads them as PROSE. Neighbouring lines of one kind and section
are one segment, since blank lines get lost as well.

    characters → permalinks → markdown (bare, html) → segments (templates, tracebacks, lines)
"""

from classifier.normalize.characters import (
    BODY_LIMIT,
    BODY_LINE_LIMIT,
    clean,
    clip,
    clip_lines,
)
from classifier.normalize.markdown import read_blocks
from classifier.normalize.permalinks import fold_previews
from classifier.normalize.segments import write_segments
from classifier.types import Issue, NormalizedIssue, Segment, SegmentKind

__all__ = ["NORMALIZER_VERSION", "normalize"]

NORMALIZER_VERSION = 1


def normalize(issue: Issue) -> NormalizedIssue:
    """Segment an issue, its title first (empty if it has none); never raises, linear time.

    A body beyond GitHub's own limit of 65,536 characters, or beyond 4,000 lines, is cut: the
    first three quarters of the limit are read, and a last quarter from its end.
    """
    title = " ".join(clean(clip(issue.title, BODY_LIMIT)).split())
    body = clip_lines(clean(clip(issue.body, BODY_LIMIT)), BODY_LINE_LIMIT)
    segments = write_segments(read_blocks(fold_previews(body)))
    return NormalizedIssue(issue.key, (Segment(SegmentKind.TITLE, title), *segments))
