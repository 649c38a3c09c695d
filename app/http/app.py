"""The Litestar application, put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.types import ControllerRouterHandler

from app.errors import ParleyError
from app.http import (
    account,
    articles,
    attachments,
    audit,
    contacts,
    conversations,
    desk,
    health,
    help_centre,
    icons,
    inboxes,
    mail,
    mailbox,
    mailed_links,
    manual,
    notices,
    people,
    proactive,
    routing,
    signing_in,
    widget_sessions,
    workspace,
)
from app.http.api_page import ApiPage
from app.http.bodies import CarefulRequest
from app.http.compressing import Compressing
from app.http.errors import on_any_error, on_http_error, on_parley_error
from app.http.parley_app import ParleyApp
from app.http.platform import Platform, caller_first
from app.http.wrapping import Wrapping
from app.version import VERSION

MOST_BODY_BYTES = 128 * 1024

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def create_app(platform: Platform, more_routes: Sequence[ControllerRouterHandler], lifespan: Sequence[Lifespan]) -> Litestar:
    """Every route of the domain, and what the wires add."""
    app = ParleyApp(
        route_handlers=[
            *widget_sessions.ROUTES,
            signing_in.login,
            signing_in.logout,
            signing_in.setup_state,
            signing_in.set_up,
            signing_in.me,
            conversations.conversations,
            conversations.counts,
            contacts.contact,
            contacts.contact_history,
            conversations.tickets,
            notices.notices,
            notices.dismiss,
            desk.desk,
            desk.create_view,
            desk.change_view,
            desk.delete_view,
            desk.create_canned_response,
            desk.change_canned_response,
            desk.delete_canned_response,
            desk.create_macro,
            desk.change_macro,
            desk.delete_macro,
            attachments.upload,
            attachments.download,
            audit.audit,
            *people.ROUTES,
            *account.ROUTES,
            *workspace.ROUTES,
            proactive.proactive_messages,
            proactive.add_proactive,
            proactive.order_proactive,
            proactive.change_proactive,
            proactive.remove_proactive,
            *inboxes.ROUTES,
            *routing.ROUTES,
            *articles.ROUTES,
            *help_centre.ROUTES,
            *manual.ROUTES,
            *icons.ROUTES,
            *mailbox.ROUTES,
            *mail.ROUTES,
            *mailed_links.ROUTES,
            health.live,
            health.ready,
            health.metrics,
            *more_routes,
        ],
        state=State({"platform": platform, "is_draining": False}),
        exception_handlers={ParleyError: on_parley_error, HTTPException: on_http_error, Exception: on_any_error},
        middleware=[Compressing()],
        guards=[caller_first],
        lifespan=list(lifespan),
        request_class=CarefulRequest,
        request_max_body_size=MOST_BODY_BYTES,
        openapi_config=OpenAPIConfig(
            title="Parley",
            version=VERSION,
            path="/api/v1/schema",
            render_plugins=[ApiPage(path="/")],
            use_handler_docstrings=True,
        ),
        logging_config=None,
        debug=False,
    )
    app.wrapping = Wrapping(is_https=platform.settings.is_https)
    return app
