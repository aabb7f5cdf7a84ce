"""What issue templates add, and what of an issue stands under which of their headings."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from classifier.normalize.lines import has_prose
from classifier.normalize.prompts import PROMPTS
from classifier.normalize.rules import (
    ADDRESS_ENDS,
    BOILERPLATE,
    DROPPED_SECTIONS,
    HEADINGS,
)
from classifier.types import Section

_MARKS = re.compile(r"[*_`#~]+")
_BULLET = re.compile(r"(?:(?:[-*+•]|\d{1,2}[.)]) )?(?:\[ ?[xX]? ?\] )?")
_WORD = re.compile(r"\w")
_FIRST_LETTERS = re.compile(r"\s*+([A-Za-z]++)(?![^\x00-\x7f])")
_DIGIT = re.compile(r"\d")
_MENTIONS = re.compile(r"(?:cc:?|CC:?|/cc)? ?(?:@[\w/-]{1,60}[, ]{0,2}){1,40}$")
_END_MARKS = " :.?!-*"
_JOINTS = ' .,;:)"'
_BOILERPLATE_LINES = 6  # lines that a wrapped sentence of a template may take
_PROMPT_REACH = 140  # characters between a prompt's beginning and its colon
_ANSWER_WORDS = 10  # whoever writes more under "System information" has begun the report
_LATER_ANSWER_WORDS = 5  # and whoever writes a sentence in a paragraph of its own has, too
_UNMARKED_WORDS = 4  # an answer after no colon is short, and of more than two words has a digit
_BARE_WORDS = 2
_LONG_HEADING = 16
_DUMP_SHARE = 0.3


@dataclass(slots=True)
class TemplateReader:
    """Reads an issue's lines in order and knows what the template has to do with them."""

    section: Section = Section.BODY
    is_dropping: bool = False
    _until: str = ""
    _lines_left: int = 0
    _answer_words: int = _ANSWER_WORDS

    def begin_paragraph(self, *, is_bullet: bool) -> None:
        """Note a new paragraph: no sentence goes on into it, and few answers of several words."""
        self._until = ""
        is_apart = self.is_dropping and not is_bullet
        self._answer_words = _LATER_ANSWER_WORDS if is_apart else _ANSWER_WORDS

    def read_heading(self) -> None:
        """Note a heading of the reporter's own: it ends answers about the machine."""
        if self.is_dropping:
            self.section, self.is_dropping = Section.BODY, False

    def read(self, line: str) -> str:
        """What the reporter wrote in a line of text; empty if nothing."""
        plain = plain_line(line)
        if not _WORD.search(plain) or _MENTIONS.match(plain):
            return ""  # a bot mentions the maintainers of a label that it was given later
        if self._until and _opened_section(plain.lower()) is None:
            plain = self._after_boilerplate(plain)
        if _is_prompt(plain.lower()):
            return ""
        plain = self._drop_boilerplate(self._open_section(self._drop_boilerplate(plain)))
        if not plain or _is_prompt(plain.lower()) or (self.is_dropping and self._is_answer(plain)):
            return ""
        self.read_heading()
        return plain

    def _is_answer(self, plain: str) -> bool:
        return len(plain.split()) < self._answer_words or not has_prose(plain)

    def _open_section(self, plain: str) -> str:
        """What follows a heading of the template on its line, else the line."""
        opened = _opened_section(plain.lower())
        if opened is None:
            return plain
        length, section = opened
        self._until = ""
        self.is_dropping = section is None
        self.section = section or Section.BODY
        return plain[length:].lstrip(_END_MARKS)

    def _drop_boilerplate(self, plain: str) -> str:
        match = _boilerplate().match(plain.lower())
        if match is None:
            return plain
        end = dict(BOILERPLATE)[match[0]]
        if not end:
            return ""
        self._until, self._lines_left = end, _BOILERPLATE_LINES
        return self._after_boilerplate(plain)

    def _after_boilerplate(self, plain: str) -> str:
        position = plain.lower().find(self._until)
        if position >= 0:
            rest = plain[position + len(self._until) :].strip(_JOINTS)
            self._until = ""
            return rest
        self._lines_left -= 1
        if self._lines_left == 0:
            self._until = ""
        return ""


def plain_line(line: str) -> str:
    """A line without list bullet and marks of emphasis, words apart by one space."""
    text = " ".join(line.split())
    bullet = _BULLET.match(text)
    return text[bullet.end() :] if bullet else text


def is_template_address(address: str) -> bool:
    """Whether a template brought a link along."""
    return address.endswith(ADDRESS_ENDS)


def opens_section(line: str) -> bool:
    """Whether a line is a heading of a template, whatever its markup."""
    return _opened_section(_key(line)) is not None


def is_dump(lines: Sequence[str]) -> bool:
    """Whether lines are mostly what a script tells about a machine."""
    filled = [line for line in lines if line.strip()]
    hits = sum(1 for line in filled if _may_be_prompt(line) and _is_prompt(_key(line)))
    return hits > 0 and hits >= _DUMP_SHARE * len(filled)


def _key(line: str) -> str:
    plain = plain_line(line)
    unmarked = _MARKS.sub(" ", plain)
    return (plain if unmarked == plain else " ".join(unmarked.split())).lower()


def _opened_section(key: str) -> tuple[int, Section | None] | None:
    """Length of the heading and its section, None for one whose answer is dropped."""
    sections = _sections()
    whole = key.strip(_END_MARKS)
    if whole in sections:
        return len(key), sections[whole]
    match = _headings().match(key)
    if match is None:
        return None
    section, rest = sections[match[0].strip(_END_MARKS)], key[match.end() :]
    if section is None and rest[:1] == " " and len(rest.split()) > _UNMARKED_WORDS:
        return None  # a sentence that begins like a heading
    is_opened = rest[:1] == ":" or (match.end() >= _LONG_HEADING and rest[:1] in " -(?.")
    return (match.end(), section) if is_opened else None


@cache
def _sections() -> dict[str, Section | None]:
    named: dict[str, Section | None] = {
        name.strip(_END_MARKS): section for section, names in HEADINGS.items() for name in names
    }
    return named | {name.strip(_END_MARKS): None for name in DROPPED_SECTIONS}


@cache
def _headings() -> re.Pattern[str]:
    return _any_of(_sections())


@cache
def _boilerplate() -> re.Pattern[str]:
    return _any_of(begin for begin, _ in BOILERPLATE)


@cache
def _prompts() -> re.Pattern[str]:
    return _any_of(PROMPTS)


def _may_be_prompt(line: str) -> bool:
    """Whether a line can begin with a prompt: a look at its first word spares most of its key."""
    first = _FIRST_LETTERS.match(line)
    if first is None:
        return True
    whole, openings = _first_words()
    word = first[1].lower()
    return word in whole or word.startswith(openings)


@cache
def _first_words() -> tuple[frozenset[str], tuple[str, ...]]:
    """First words of prompts that go on after them, and prompts of nothing but letters."""
    found = [(prompt, match[0]) for prompt in PROMPTS if (match := re.match("[a-z]+", prompt))]
    return (
        frozenset(word for prompt, word in found if word != prompt),
        tuple(word for prompt, word in found if word == prompt),
    )


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    """Any of the names, the longest that fits."""
    return re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))


def _is_prompt(key: str) -> bool:
    match = _prompts().match(key)
    if match is None or key in _sections():
        return False
    if "(" in match[0] or any(mark in key[match.end() - 1 : _PROMPT_REACH] for mark in ":?="):
        return True
    answer = key[match.end() :]
    count = len(answer.split())
    return count <= _UNMARKED_WORDS and (count <= _BARE_WORDS or _DIGIT.search(answer) is not None)
