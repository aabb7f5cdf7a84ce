"""What GitHub would make of markdown, as far as it matters whether text acts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from classifier.writers.escape import ACTING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

OWN_HTML = {
    *("<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>"),
}
OWN_WORDS = {"How to read this", "The comment that belongs to the first of them"}
OWN_LINK = re.compile(r"https://(redirect\.)?github\.com/octo/demo/issues/\d+")
# What GitHub looks for in text, wherever markdown sees none of its own marks.
TAKEN_UP = re.compile(
    r"(?<![\w`])@[\w-]"  # a mention
    r"|(?<!\w)(?:#|GH-)\d"  # an issue
    r"|\b[0-9a-f]{7,40}\b"  # a commit
    r"|(?:https?|ftp)://|\bwww\.|mailto:|xmpp:"  # an address
    r"|\w@\w+\.\w"  # a person's
    r"|:[\w+-]+:",  # an emoji, which may be an image
    re.IGNORECASE,
)
MARK = re.compile(r"\A<!-- silentrank:\w+ says=[0-9a-f]{16} of=[0-9TZ:-]* -->\n")


def blocks(markdown: str) -> list[Token]:
    """The blocks, with mentions and addresses found in them as on GitHub."""
    return MarkdownIt("gfm-like").parse(markdown)


def structure(markdown: str) -> list[str]:
    """What kinds of things the markdown is made of, whatever the words."""
    return [
        token.type
        for block in blocks(markdown)
        for token in (block, *(block.children or ()))
        if token.type not in {"text", "text_special"}
    ]


def assert_inert(markdown: str) -> None:
    """Nothing in it acts but what is ours: folds, a hidden mark, links to our own issues."""
    lines = markdown.split("\n")
    assert not [line for line in lines if ACTING.search(line)], "characters that act"
    for token in _tokens(MARK.sub("", markdown)):
        assert token.type not in {"image", "fence", "code_block"}, token
        if token.type == "link_open":
            assert OWN_LINK.fullmatch(str(token.attrs["href"])), token
        if token.type.startswith("html"):
            tags = re.findall(r"<[^>]*>?", token.content)
            assert set(tags) <= OWN_HTML, token
            words = re.sub(r"<[^>]*>?", "", token.content).strip()
            assert not words or words in OWN_WORDS, token
        if token.type == "text":
            assert not TAKEN_UP.search(token.content), token


def _tokens(markdown: str) -> Iterator[Token]:
    for block in blocks(markdown):
        yield block
        yield from block.children or ()
