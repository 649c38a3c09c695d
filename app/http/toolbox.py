"""Saved views, canned responses, macros: reading everything at hand, and keeping each."""

from __future__ import annotations

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody

from app.contract.bases import Done
from app.contract.toolbox import CannedResponseIs, MacroIs, SaveCannedResponse, SavedViewIs, SaveMacro, SaveView, ToolboxContent
from app.http.ids import as_id
from app.http.platform import AnyRequest, agent_of, platform_of
from app.people.permissions import Permission, require
from app.toolbox import delete_kept, list_desk, save_canned_response, save_macro, save_view
from models import CannedResponse, Macro, SavedView


@get("/api/v1/desk")
async def desk(request: AnyRequest) -> ToolboxContent:
    """Everything the agent has at hand."""
    agent = await agent_of(request)
    require(Permission.VIEW_CONVERSATIONS, agent)
    async with platform_of(request).works.read() as rows:
        return await list_desk(rows, agent)


@post("/api/v1/views", status_code=201)
async def create_view(request: AnyRequest, data: JSONBody[SaveView]) -> SavedViewIs:
    """Keep a filter under a name. Shared ones are for supervisors to make."""
    return SavedViewIs(view=await platform_of(request).works.run(save_view, await agent_of(request), data))


@put("/api/v1/views/{kept_id:str}")
async def change_view(request: AnyRequest, kept_id: FromPath[str], data: JSONBody[SaveView]) -> SavedViewIs:
    """Give a saved view another name or filter."""
    agent, id = await agent_of(request), as_id(kept_id, "view")
    return SavedViewIs(view=await platform_of(request).works.run(save_view, agent, data, id))


@delete("/api/v1/views/{kept_id:str}", status_code=200)
async def delete_view(request: AnyRequest, kept_id: FromPath[str]) -> Done:
    """Throw a saved view away."""
    agent, id = await agent_of(request), as_id(kept_id, "view")
    await platform_of(request).works.run(delete_kept, agent, SavedView, id)
    return Done()


@post("/api/v1/canned-responses", status_code=201)
async def create_canned_response(request: AnyRequest, data: JSONBody[SaveCannedResponse]) -> CannedResponseIs:
    """Keep a text under its shortcut. Shared ones are for supervisors to make."""
    return CannedResponseIs(canned=await platform_of(request).works.run(save_canned_response, await agent_of(request), data))


@put("/api/v1/canned-responses/{kept_id:str}")
async def change_canned_response(
    request: AnyRequest, kept_id: FromPath[str], data: JSONBody[SaveCannedResponse]
) -> CannedResponseIs:
    """Change a canned response."""
    agent, id = await agent_of(request), as_id(kept_id, "canned response")
    return CannedResponseIs(canned=await platform_of(request).works.run(save_canned_response, agent, data, id))


@delete("/api/v1/canned-responses/{kept_id:str}", status_code=200)
async def delete_canned_response(request: AnyRequest, kept_id: FromPath[str]) -> Done:
    """Throw a canned response away."""
    agent, id = await agent_of(request), as_id(kept_id, "canned response")
    await platform_of(request).works.run(delete_kept, agent, CannedResponse, id)
    return Done()


@post("/api/v1/macros", status_code=201)
async def create_macro(request: AnyRequest, data: JSONBody[SaveMacro]) -> MacroIs:
    """Keep a list of actions under a name. Shared ones are for supervisors to make."""
    return MacroIs(macro=await platform_of(request).works.run(save_macro, await agent_of(request), data))


@put("/api/v1/macros/{kept_id:str}")
async def change_macro(request: AnyRequest, kept_id: FromPath[str], data: JSONBody[SaveMacro]) -> MacroIs:
    """Change a macro."""
    agent, id = await agent_of(request), as_id(kept_id, "macro")
    return MacroIs(macro=await platform_of(request).works.run(save_macro, agent, data, id))


@delete("/api/v1/macros/{kept_id:str}", status_code=200)
async def delete_macro(request: AnyRequest, kept_id: FromPath[str]) -> Done:
    """Throw a macro away."""
    agent, id = await agent_of(request), as_id(kept_id, "macro")
    await platform_of(request).works.run(delete_kept, agent, Macro, id)
    return Done()


ROUTES = [
    desk,
    create_view,
    change_view,
    delete_view,
    create_canned_response,
    change_canned_response,
    delete_canned_response,
    create_macro,
    change_macro,
    delete_macro,
]
