import { expect, test } from "vitest";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { newServed } from "#server/testing/fixtures/slo/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const reason = "x";

test(
  "creates an SLO once, and reads, changes, adjusts, approves, pauses and archives it by REST alone",
  inWorkspace(async (ctx) => {
    const { endpointId } = await newServed(ctx);
    const [client, viewer] = [await clientOf(ctx), await clientOf(as(ctx, "viewer"))];
    const definition = {
      target: 0.999,
      period: { kind: "rolling", days: 30 },
      indicator: { kind: "availability", endpointId },
    };
    const input = { name: "digits-up", definition, reason };
    const key = { "idempotency-key": "up-1" };
    const made = await client("POST", "/slos", input, key);
    expect(made).toMatchObject({
      status: 201,
      body: { name: "digits-up", revision: 1, missing: ["owner", "runbook"] },
    });
    expect((await client("POST", "/slos", input, key)).body.id).toBe(made.body.id);
    expect((await client("POST", "/slos", input)).status).toBe(409);
    expect((await viewer("POST", "/slos", input)).status).toBe(403);
    const path = "/slos/digits-up";
    expect((await viewer("GET", `/slos/${made.body.id}`)).body).toMatchObject({ name: "digits-up", budget: null });
    const listed = (await viewer("GET", "/slos?endpoint=digits&band=no-data&kind=availability&search=UP")).body;
    expect(listed.slos).toMatchObject([
      { name: "digits-up", indicatorWords: expect.stringContaining("without a server error") },
    ]);
    expect((await viewer("GET", "/slos?archived=true")).body).toEqual({ slos: [] });
    expect((await viewer("GET", "/slo-counts")).body).toMatchObject({ total: 1, bands: { "no-data": 1 } });
    const change = { definition: { ...definition, target: 0.99 }, revision: 1, reason: "too strict" };
    expect(await client("PATCH", path, change)).toMatchObject({ status: 200, body: { revision: 2, target: 0.99 } });
    expect((await client("PATCH", path, change)).status).toBe(409);
    expect((await client("PATCH", path, { teamId: null })).status).toBe(400);
    expect((await viewer("GET", `${path}/revisions`)).body.revisions).toMatchObject([{ reason: "too strict" }, {}]);
    const span = { from: new Date(Date.now() - hourMs).toISOString(), to: new Date().toISOString(), reason };
    const adjusted = await client("POST", `${path}/adjustments`, span);
    expect(adjusted).toMatchObject({ status: 201, body: { adjustments: [{ from: span.from, revokedAt: null }] } });
    const adjustment = `${path}/adjustments/${adjusted.body.adjustments[0].id}/revocation`;
    expect((await client("POST", adjustment, { reason })).body.adjustments[0].revokedBy).toBe(ctx.actor.name);
    const until = new Date(Date.now() + dayMs).toISOString();
    const approved = await client("POST", `${path}/approvals`, { until, reason });
    expect(approved).toMatchObject({ status: 201, body: { approval: { until } } });
    const approval = `${path}/approvals/${approved.body.approval.id}/revocation`;
    expect((await client("POST", approval, { reason })).body.approval).toBeNull();
    expect((await viewer("GET", `${path}/history`)).body).toMatchObject({ points: expect.any(Array), periodEnd: null });
    expect((await viewer("GET", `${path}/budget-consumers`)).body).toMatchObject({ spent: null, versions: [] });
    expect((await viewer("POST", "/slo-replays", { slo: "digits-up", days: 7 })).body).toMatchObject({
      report: { pages: [] },
      replaced: null,
    });
    expect((await viewer("GET", "/endpoints/digits/budget-gate?kind=deployment&purpose=fix")).body.allow).toBe(true);
    const file = await viewer("GET", `${path}/openslo`);
    expect(file.headers["content-type"]).toBe("application/yaml; charset=utf-8");
    expect(file.body.toString()).toContain("apiVersion: openslo/v1");
    const imported = await client("POST", "/openslo", { yaml: file.body.toString(), isDryRun: true });
    expect(imported.body.slos).toMatchObject([{ name: "digits-up", action: "keep" }]);
    expect((await viewer("GET", "/openslo")).status).toBe(200);
    expect((await client("POST", `${path}/pause`, { reason })).body.pausedAt).not.toBeNull();
    expect((await client("POST", `${path}/resumption`, { reason })).body.pausedAt).toBeNull();
    expect((await client("POST", `${path}/archival`, { reason })).status).toBe(204);
    expect((await viewer("GET", "/slos/none")).status).toBe(404);
  }),
);
