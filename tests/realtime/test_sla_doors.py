"""SLA over HTTP: policies are for admins, clocks for every agent, and the sweeps keep them."""

from __future__ import annotations

from typing import Any

from tests.realtime.test_routing_doors import said, signed_in
from tests.running import Running

NOBODY = "00000000-0000-7000-8000-000000000000"
TARGETS = [{"clock": "first_response", "priority": one, "minutes": 60} for one in ("low", "medium", "high", "urgent")]
POLICY: dict[str, Any] = {"name": "Gold", "conditions": {}, "targets": TARGETS}
ADMINS_ONLY: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/api/v1/sla/policies", {}),
    ("POST", "/api/v1/sla/policies", POLICY),
    ("PUT", "/api/v1/sla/policies", {"policy_ids": []}),
    ("PUT", f"/api/v1/sla/policies/{NOBODY}", POLICY),
    ("DELETE", f"/api/v1/sla/policies/{NOBODY}", {}),
    ("POST", "/api/v1/sla/dry-run", {"policy": POLICY}),
]


async def test_policies_are_for_admins_and_clocks_for_agents(running: Running) -> None:
    async with signed_in(running, "ana@example.com") as ana, signed_in(running, "admin@example.com") as admin:
        for method, path, body in ADMINS_ONLY:
            refused = await ana.request(method, path, json=body)
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden"), (method, path, refused.text)
        tried = await said(await admin.post("/api/v1/sla/dry-run", json={"policy": POLICY}))
        assert tried["is_complete"]
        policy = (await said(await admin.post("/api/v1/sla/policies", json=POLICY), 201))["policy"]
        changed = await admin.put(f"/api/v1/sla/policies/{policy['id']}", json=POLICY | {"name": "Silver"})
        assert (await said(changed))["policy"]["version"] == 2
        ordered = await said(await admin.put("/api/v1/sla/policies", json={"policy_ids": [policy["id"]]}))
        assert [one["name"] for one in ordered["policies"]] == ["Silver"]
        wrong = await admin.post("/api/v1/sla/policies", json=POLICY | {"targets": []})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid")
        missing = await ana.get(f"/api/v1/conversations/{NOBODY}/sla")
        assert missing.status_code == 404
        await said(await admin.delete(f"/api/v1/sla/policies/{policy['id']}"))
        assert (await said(await admin.get("/api/v1/sla/policies")))["policies"] == []
