"""An issue, as a model may see it.

``normalize`` turns GitHub's markdown, or another renderer's text of it, into ordered segments
without what issue templates add. Both renderings of an issue come out alike.
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
