import { expect, test } from "vitest";
import { gateRuns } from "#db/schema/index.ts";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import type { Context } from "#server/base/context.ts";
import { type GateSetting, Policy } from "#server/develop/registry/policy/contract.ts";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import { blockVersion } from "#server/release/endpoints/blocks/block-version.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import {
  beat,
  countArms,
  createRolloutFixture,
  quickPlan,
  recheck,
} from "#server/testing/fixtures/rollouts/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const reason = "better on the north depots";
const input = { endpoint: "digits", version: 2, plan: quickPlan, reason };

async function setUpFixture(ctx: Context) {
  const fixture = await createRolloutFixture(ctx);
  return { ...fixture, client: await clientOf(ctx), viewer: await clientOf(as(ctx, "viewer")) };
}

test(
  "starts a rollout once, returns it, pauses it by revision, and rolls it back by REST alone",
  inWorkspace(async (ctx) => {
    const { client, viewer } = await setUpFixture(ctx);
    const key = { "idempotency-key": "build-77" };
    const made = await client("POST", "/rollouts", input, key);
    expect(made).toMatchObject({ status: 201, body: { phase: "starting", endpoint: "digits", reason } });
    expect((await client("POST", "/rollouts", input, key)).body.id).toBe(made.body.id);
    expect((await client("POST", "/rollouts", input)).status).toBe(409);
    expect((await viewer("POST", "/rollouts", input)).status).toBe(403);
    const path = `/rollouts/${made.body.id}`;
    expect((await viewer("GET", path)).body).toMatchObject({ canary: { version: 2 }, evidence: { guardrails: [{}] } });
    expect((await viewer("POST", `${path}/pause`, { reason })).status).toBe(403);
    expect((await client("POST", `${path}/pause`, {})).status).toBe(400);
    expect((await client("POST", `${path}/pause`, { reason, revision: 7 })).status).toBe(409);
    const paused = await client("POST", `${path}/pause`, { reason, revision: made.body.revision });
    expect(paused).toMatchObject({ status: 200, body: { isPaused: true, revision: made.body.revision + 1 } });
    expect((await client("POST", `${path}/resumption`, { reason })).body.isPaused).toBe(false);
    expect((await client("POST", `${path}/notes`, { reason: "a note" })).status).toBe(200);
    expect((await client("POST", `${path}/budget-override`, { reason })).body.state.overridesBudget).toBe(true);
    expect((await client("POST", `${path}/approval`, { reason })).status).toBe(409);
    expect((await client("POST", `${path}/skip`, { reason })).status).toBe(409);
    expect((await viewer("GET", "/rollouts?active=true&endpoint=digits")).body.rollouts).toMatchObject([{ reason }]);
    expect((await client("POST", `${path}/rollback`, { reason })).body.phase).toBe("rolled-back");
    expect((await viewer("GET", "/rollouts?active=true")).body.rollouts).toEqual([]);
    expect((await viewer("GET", "/rollouts?cursor=nonsense")).status).toBe(400);
  }),
);

test(
  "rejects a version that something speaks against, unless a reason is given, which is kept and audited",
  inWorkspace(async (ctx) => {
    const { client, canary, endpointId } = await setUpFixture(ctx);
    const { id: returns } = await createEndpoint(ctx, { name: "returns" });
    // No gateway serves it.
    await deployVersion(ctx, { endpointId: returns, model: "digits", version: 2 });
    await blockVersion(ctx, {
      endpoint: { id: endpointId, name: "digits" },
      version: { id: canary.id, model: "digits", version: 2 },
      reason: "errors rose 4.1×",
    });
    const policy = Policy.parse({ gates: [{ kind: "signature" }] });
    await setPolicy(ctx, { name: "digits", policy, reason });
    const { workspaceId, kind: actorKind, id: actorId, name: actorName } = ctx.actor;
    await ctx.db.insert(gateRuns).values({
      workspaceId,
      versionId: canary.id,
      alias: "champion",
      checkId: crypto.randomUUID(),
      gate: "signature",
      settings: policy.gates[0] as GateSetting,
      verdict: "failed",
      words: "Output y was removed",
      evidence: { better: null, scale: "number", interval: null, method: null, facts: [] },
      actorKind,
      actorId,
      actorName,
    });
    const refused = await client("POST", "/rollouts", { ...input, overridesBlock: true });
    expect(refused.status).toBe(409);
    const against = ["Failing on returns", "Blocked: rolled back here", "Gate failed: "];
    for (const title of against) expect(JSON.stringify(refused.body)).toContain(title);
    expect(JSON.stringify(refused.body)).toContain("anywayReason");
    expect((await client("GET", "/rollouts")).body.rollouts).toEqual([]);
    const made = await client("POST", "/rollouts", { ...input, anywayReason: "The other client is broken." });
    expect(made.status).toBe(201);
    const { chosenAnyway } = made.body.frozen;
    expect(chosenAnyway).toMatchObject({
      reason: "The other client is broken.",
      obstacles: [{ kind: "failing" }, { kind: "blocked" }, { kind: "gate", detail: "Output y was removed" }],
    });
    const { decisions } = (await client("GET", `/rollouts/${made.body.id}/decisions`)).body;
    expect(decisions).toMatchObject([
      { kind: "override", code: "chosen-anyway", reason: "The other client is broken.", actorName },
      { kind: "started", reason },
    ]);
    const { events } = await readAuditLog(ctx, { limit: 20 });
    expect(events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["rollout.chosen-anyway", "endpoint.version-unblocked"]),
    );
    expect(events.map(({ action }) => action)).not.toContain("rollout.budget-overridden");
  }),
);

test(
  "pages the log of a rollout, exports it as CSV, and returns its curves as points",
  inWorkspace(async (ctx) => {
    const { client, viewer, endpointId, canary } = await setUpFixture(ctx);
    const { id } = (await client("POST", "/rollouts", input)).body;
    await beat(ctx, { endpointId, versionId: canary.id });
    await recheck(ctx, id);
    await countArms(ctx, id, { step: 0, weight: 0.1 }, { canary: [500, 2], stable: [4500, 18] });
    await recheck(ctx, id, 60);
    await client("POST", `/rollouts/${id}/notes`, { reason: '=cmd|"x"' });
    const page = (await viewer("GET", `/rollouts/${id}/decisions?limit=3`)).body;
    expect(page.decisions.map(({ kind }: { kind: string }) => kind)).toEqual(["note", "advance", "advance"]);
    const rest = (await viewer("GET", `/rollouts/${id}/decisions?limit=3&before=${page.next}`)).body;
    expect(rest).toMatchObject({ decisions: [{ kind: "started", actorName: ctx.actor.name }] });
    expect(rest.next).toBeUndefined();
    const csv = await viewer("GET", `/rollouts/${id}/decisions.csv`);
    const lines = csv.body.toString().split("\r\n");
    expect(lines[0]).toBe("at,kind,code,words,reason,by,step,weight,evidence");
    expect(lines[1]).toContain(`"'=cmd|""x"""`);
    expect(lines).toHaveLength(6);
    expect((await viewer("GET", "/rollouts/nonsense/decisions.csv")).status).toBe(404);
    const { points } = (await viewer("GET", `/rollouts/${id}/curves`)).body;
    expect(points.at(-1)).toMatchObject({ units: { canary: 500, stable: 4500 }, guardrails: [{ metric: "errors" }] });
  }),
);

test(
  "pages lists, and sets and returns a budget of an endpoint",
  inWorkspace(async (ctx) => {
    const { client, viewer } = await setUpFixture(ctx);
    const ids: string[] = [];
    for (let time = 0; time < 3; time++) {
      const { id } = (await client("POST", "/rollouts", input)).body;
      await client("POST", `/rollouts/${id}/rollback`, { reason });
      ids.unshift(id);
    }
    const idsOf = (body: { rollouts: { id: string }[] }) => body.rollouts.map(({ id }) => id);
    const first = (await viewer("GET", "/rollouts?limit=2")).body;
    const second = (await viewer("GET", `/rollouts?limit=2&cursor=${encodeURIComponent(first.next)}`)).body;
    expect([...idsOf(first), ...idsOf(second)]).toEqual(ids);
    expect(second.next).toBeUndefined();
    const budget = { availability: 0.995, latency: null, days: 28 };
    expect((await viewer("PUT", "/endpoints/digits/budget", { budget })).status).toBe(403);
    expect((await client("PUT", "/endpoints/digits/budget", { budget })).body).toMatchObject({
      budget,
      isExhausted: false,
    });
    expect((await viewer("GET", "/endpoints/digits/budget")).body.availability).toMatchObject({
      target: 0.995,
      total: 0,
    });
  }),
);
