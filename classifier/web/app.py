"""Joins the parts of the triage page into one application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from anyio.to_thread import run_sync
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from classifier.pipeline import load
from classifier.web.ahead import Ahead
from classifier.web.api import decisions, health, issues, webhooks
from classifier.web.api import scoring as scores
from classifier.web.api.description import describe
from classifier.web.filling import Filling
from classifier.web.guard import guard
from classifier.web.handlers import handle_errors
from classifier.web.ingest import Ingest
from classifier.web.metrics import Metrics
from classifier.web.overviews import Overviews
from classifier.web.pages import (
    deciding,
    disagreements,
    issue,
    labels,
    queue,
    screen,
    sign_in,
    status,
)
from classifier.web.pages import help as keys
from classifier.web.pages import settings as preferences
from classifier.web.pages.spread import Spreads
from classifier.web.precedents import Precedents
from classifier.web.scoring import ScoringService
from classifier.web.settings import Settings
from classifier.web.store.engine import migrate, open_engine
from classifier.web.templating import STATIC, make_templates
from classifier.web.upkeep import Upkeep
from classifier.web.watching import Traffic

SECONDS_TO_FINISH = 1.0  # for the batch that is being written when the server ends
ROUTED = (  # modules with a router
    *(health, scores, issues, decisions, webhooks),
    *(queue, issue, deciding, screen, disagreements, labels, status),
    *(sign_in, preferences, keys),
)


def create_app(settings: Settings, *, scoring: ScoringService | None = None) -> FastAPI:
    """Open the database, bring its tables up to date, and join what answers requests.

    What runs in the background begins with the application and ends with it; ``scoring`` is the
    service to use, which may have begun before, in place of one of the application's own.
    Raises InputError if the database cannot be opened or a source makes no sense.
    """
    engine = open_engine(settings.database_url)
    migrate(engine)
    app = FastAPI(
        title="silentrank",
        summary="Ranks issues by how likely they report a silent bug.",
        openapi_url="/api/openapi.json",
        docs_url=None,  # they would load scripts from elsewhere
        redoc_url=None,
        lifespan=_lifespan,
    )
    metrics, traffic = Metrics(), Traffic()
    metrics.watch_traffic(lambda: traffic.count)
    metrics.watch_issues(partial(health.issue_counts, engine))
    app.state.engine = engine
    app.state.settings = settings
    app.state.traffic = traffic
    app.state.scoring = scoring or ScoringService(partial(load, settings.model))
    app.state.scoring.explain_ahead_while(lambda: traffic.is_quiet)
    app.state.metrics = metrics
    metrics.watch_scoring(lambda: app.state.scoring.waiting_count)
    app.state.templates = make_templates()
    app.state.precedents = Precedents()
    app.state.spreads = Spreads()
    app.state.overviews = Overviews()
    app.state.filling = _filling(app)
    app.state.upkeep = Upkeep(engine)
    app.state.ahead = Ahead(engine, app.state.scoring)
    for module in ROUTED:
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    handle_errors(app)
    describe(app)
    guard(
        app,
        host=settings.host,
        port=settings.port,
        metrics=metrics,
        traffic=traffic,
        allowed_hosts=settings.allowed_hosts,
        rates=settings.rates,
    )
    return app


def _filling(app: FastAPI) -> Filling:
    settings: Settings = app.state.settings
    scoring: ScoringService = app.state.scoring
    ingest = Ingest(app.state.engine, scoring, seen=settings.seen)

    def through() -> str:
        return f"{scoring.model().model_id} {settings.offset!r}"

    return Filling(ingest, settings.sources, through=through)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state = app.state
    state.scoring.start()
    state.filling.start()
    state.upkeep.start()
    state.ahead.start()
    try:
        yield
    finally:
        state.filling.close()
        await run_sync(state.upkeep.close)
        await run_sync(state.scoring.close)
        await run_sync(state.ahead.close)
        await run_sync(state.filling.wait, SECONDS_TO_FINISH)
        state.engine.dispose()
