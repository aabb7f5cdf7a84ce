"""A stranger's markdown as HTML that shows what it says and does nothing.

markdown-it renders, what would swallow the rest is shown as written, nh3 takes out all that is not
on a list, the rest is dressed for the page, and nh3 has the last word, so that no mistake in
between can let anything through.
"""

from collections.abc import Sequence
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from classifier.types import Evidence
from classifier.web.dressing import dress
from classifier.web.highlighting import Stretch, highlight
from classifier.web.plain_tags import NAMES, show_plain_tags
from classifier.writers.escape import ACTING, visible

LONGEST_BODY = 65_536  # characters, as at GitHub; what a source has beyond is not shown
TAGS = frozenset(
    (
        *("a", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "ol", "p", "pre"),
        *("q", "s", "samp", "span", "strike", "strong", "sub", "summary", "sup", "table"),
        *("tbody", "td", "th", "thead", "tr", "tt", "u", "ul", "var"),
    )
)
LINKS = {"a": {"href"}}
SCHEMES = {"http", "https", "mailto"}
LINK_REL = "nofollow noopener noreferrer"


def render_body(body: str, evidence: Sequence[Evidence] = ()) -> Markup:
    """Return a body as HTML, evidence in ``<mark class="for">`` or ``"against"``.

    Images become links in words, since looking at an issue should tell nobody that it was looked
    at; links go to absolute addresses only. Headings begin at ``h3``.
    """
    shown = _without_acting(body[:LONGEST_BODY])
    allowed = nh3.clean(
        show_plain_tags(_markdown().render(shown)),
        tags=set(TAGS | {"img"}),
        clean_content_tags=set(NAMES),
        attributes={**LINKS, "img": {"src", "alt"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        url_relative="deny",
        link_rel=None,
    )
    dressed = dress(allowed, evidence)
    return Markup(  # noqa: S704 - nh3 made it
        nh3.clean(
            dressed,
            tags=set(TAGS | {"mark"}),
            attributes={**LINKS, "div": {"tabindex", "aria-label"}, "ol": {"start"}},
            allowed_classes={"mark": {"for", "against"}, "div": {"wide"}, "a": {"image"}},
            tag_attribute_values={"div": {"role": {"region"}}},
            url_schemes=SCHEMES,
            url_relative="deny",
            link_rel=LINK_REL,
        )
    )


def render_title(title: str, evidence: Sequence[Evidence] = ()) -> Markup:
    """Return a title on one line, evidence marked as in the body."""
    (stretches,) = highlight([visible(title)], evidence)
    return Markup().join(map(_marked, stretches))


def _marked(stretch: Stretch) -> Markup:
    if not stretch.kind:
        return escape(stretch.text)
    return Markup('<mark class="{}">{}</mark>').format(stretch.kind, stretch.text)


def _without_acting(text: str) -> str:
    """Replace what acts instead of being seen; line breaks and tabs stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return ACTING.sub(lambda found: found[0] if found[0] in "\n\t" else "\ufffd", lines)


@cache
def _markdown() -> MarkdownIt:
    """GitHub's markdown as far as issues use it; a line break is a line break.

    Bare addresses become links in ``dress``: linkify-it takes quadratic time to find them.
    """
    options = {"html": True, "breaks": True}
    return MarkdownIt("commonmark", options).enable(["strikethrough", "table"])
