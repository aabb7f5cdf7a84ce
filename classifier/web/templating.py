"""Templates, and what every page knows: who looks, which pages there are, which keys work."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.templating import Jinja2Templates

from classifier.web import wording
from classifier.web.rendering import render_title
from classifier.web.security.sessions import csrf_token
from classifier.web.store.engine import reading
from classifier.web.store.preferences import read_preferences

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"
PAGES = (
    ("/", "Queue"),
    ("/screen", "Screen"),
    ("/disagreements", "Disagreements"),
    ("/status", "Status"),
    ("/labels", "Labels"),
    ("/settings", "Settings"),
)
QUEUE_PATHS = ("/issues/",)  # these belong to the queue
IMPACT_KEYS = "wert"  # from mild to severe
KEYS = (
    (
        "Decide",
        (
            ("s", "silent bug"),
            ("n", "not a silent bug"),
            ("u", "unsure"),
            ("k", "skip: decide later"),
            ("z", "undo your latest decision"),
        ),
    ),
    (
        "Say more, before you decide",
        (
            ("1 2 3 4 5 6 7", "scenario; once more takes it back"),
            ("w e r t", "impact, from mild to severe; once more takes it back"),
            ("m", "write a note; Esc leaves it"),
        ),
    ),
    (
        "Move",
        (
            ("j k", "in a list: next, previous; Enter opens"),
            ("] [", "on an issue: next, previous in the queue"),
            ("q", "back to the queue"),
            ("g", "the issue at GitHub"),
            ("/", "search"),
            ("?", "these keys"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A page in the navigation."""

    path: str
    name: str
    is_current: bool


def make_templates() -> Jinja2Templates:
    """Load the templates; values are escaped, and one that is missing is an error."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "chance": wording.chance,
        "day": wording.spelt_day,
        "impact": wording.spelt_impact,
        "in_ten": wording.in_ten,
        "scenario": wording.spelt_scenario,
        "share": wording.share,
        "title": render_title,
        "weight": wording.spelt_weight,
    }
    environment.globals |= {"key_groups": KEYS, "impact_keys": IMPACT_KEYS, "named": wording.named}
    return Jinja2Templates(env=environment, context_processors=[_about])


def _about(request: Request) -> dict[str, Any]:
    """What every template may use."""
    with reading(request.app.state.engine) as session:
        preferences = read_preferences(session)
    return {
        "blind": preferences.blind,
        "csrf_token": partial(csrf_token, request),
        "nav": _navigation(request.url.path),
        "reviewer": request.scope["state"]["reviewer"],
    }


def _navigation(path: str) -> tuple[Link, ...]:
    here = "/" if path.startswith(QUEUE_PATHS) else path
    return tuple(Link(page, name, page == here) for page, name in PAGES)
