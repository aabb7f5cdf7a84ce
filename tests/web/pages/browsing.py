"""A browser without JavaScript: it follows links, fills in forms and keeps cookies."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nh3

if TYPE_CHECKING:
    from httpx2 import Response
    from starlette.testclient import TestClient

BASE_URL = "http://127.0.0.1:8000"
MOST_REDIRECTS = 5


@dataclass
class Form:
    """A form with what is filled in already."""

    action: str
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """Finds the forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._select = ""
        self._textarea = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self.found.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag == "input" and name:
            is_box = given.get("type") in {"radio", "checkbox"}
            if not is_box or "checked" in given:
                self.found[-1].fields[name] = value
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in self.found[-1].fields:
                self.found[-1].fields[self._select] = value
        elif tag == "textarea":
            self._textarea = name
            self.found[-1].fields[name] = ""
        elif tag == "button" and name:
            self.found[-1].buttons.append((name, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.found[-1].fields[self._textarea] += data


class Visitor:
    """One person with one browser."""

    def __init__(self, client: TestClient, name: str = "") -> None:
        self.client = client
        self.html = ""
        self.path = ""
        self.status = 0
        if name:
            self.open("/sign-in")
            self.submit("/sign-in", name=name)

    def open(self, path: str) -> Visitor:
        """Go to an address, and on to where it leads."""
        self._take(self.client.get(path))
        return self

    def submit(self, action: str, button: str = "", **changes: str) -> Visitor:
        """Send the form that goes there, with a button of that value."""
        form = self.form(action)
        fields = form.fields | changes
        if button:
            fields |= next({name: value} for name, value in form.buttons if value == button)
        if form.method == "post":
            self._take(self.client.post(action, data=fields))
        else:
            self._take(self.client.get(action, params=fields))
        return self

    def form(self, action: str) -> Form:
        """The form that goes there."""
        return next(form for form in self.forms if form.action == action)

    def has_form(self, action: str) -> bool:
        """Whether there is one."""
        return any(form.action == action for form in self.forms)

    @property
    def forms(self) -> list[Form]:
        """All forms of the page."""
        return Forms(self.html).found

    @property
    def text(self) -> str:
        """What can be read, on one line."""
        main = re.search(r"<main.*</main>", self.html, re.DOTALL)
        apart = re.sub(r"</t[dh]>", " ", main[0] if main else self.html)
        words = nh3.clean(apart, tags=set())
        return " ".join(words.replace("&nbsp;", " ").split())

    @property
    def titles(self) -> list[str]:
        """The titles of a list of issues, in order."""
        return re.findall(r'data-open href="[^"]*"><bdi>(.*?)</bdi>', self.html)

    def open_issue(self, title: str) -> Visitor:
        """Open the first issue of the list whose title begins so."""
        found = re.search(rf'data-open href="([^"]*)"><bdi>{re.escape(title)}', self.html)
        assert found, f"no issue {title!r} among {self.titles}"
        return self.open(found[1].replace("&amp;", "&"))

    def decide(self, verdict: str, **changes: str) -> Visitor:
        """Press a button of the decision form that is on the page."""
        form = next(form for form in self.forms if form.action.endswith("/decide"))
        return self.submit(form.action, verdict, **changes)

    def link(self, words: str) -> str:
        """The address of the link that says so."""
        found = re.search(rf'<a [^>]*href="([^"]*)"[^>]*>\s*{words}', self.html)
        assert found, f"no link {words!r}"
        return found[1].replace("&amp;", "&")

    def _take(self, answer: Response) -> None:
        for _ in range(MOST_REDIRECTS):
            if answer.status_code != 303:
                break
            answer = self.client.get(answer.headers["location"])
        self.html, self.status = answer.text, answer.status_code
        parts = urlsplit(str(answer.url))
        self.path = parts.path + (f"?{parts.query}" if parts.query else "")
