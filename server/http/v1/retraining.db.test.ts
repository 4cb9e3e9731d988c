import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { retrainingCycles } from "#db/schema/index.ts";
import { newPolicyInput } from "#server/testing/fixtures/retraining/policy-testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

test(
  "creates a policy, changes it, requests a cycle, and takes an approval",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    const { model, ...input } = await newPolicyInput(ctx);
    const wrong = await call("POST", "/retraining-policies", { ...input, model, endpoint: "none" });
    expect(wrong.status).toBe(404);
    const created = await call("POST", "/retraining-policies", { ...input, model });
    expect(created).toMatchObject({ status: 201, body: { model, revision: 1, owner: { id: ctx.actor.id } } });
    expect((await call("GET", "/retraining-policies?limit=1")).body.policies).toHaveLength(1);
    const path = `/retraining-policies/${model}`;
    const rules = { triggers: [{ kind: "schedule", cron: "x", timeZone: "UTC" }] };
    const invalid = await call("PATCH", path, { rules });
    expect(invalid).toMatchObject({ status: 400, body: { error: { code: "invalid" } } });
    expect((await call("PATCH", path, { rules: { triggers: [] }, revision: 1 })).body.revision).toBe(2);
    expect((await call("PATCH", path, { rules: { triggers: [] }, revision: 1 })).status).toBe(409);
    expect((await call("POST", `${path}/pause`, { reason: "sale" })).body.paused.reason).toBe("sale");
    expect((await call("POST", `${path}/resume`)).body.paused).toBeNull();

    const requested = await call("POST", `${path}/cycles`, { reason: "new sensor" });
    expect(requested).toMatchObject({ status: 201, body: { cycle: { number: 1, isMine: true }, holds: [] } });
    expect((await call("POST", `${path}/cycles`, { reason: "new sensor" })).status).toBe(409);
    expect((await call("DELETE", path)).status).toBe(409);
    expect((await call("GET", `${path}/cycles?limit=5`)).body.cycles).toMatchObject([{ number: 1, endedAt: null }]);
    expect((await call("GET", `${path}/decisions`)).body.decisions).toEqual([]);
    expect((await call("GET", `${path}/gains`)).body).toMatchObject({ cycles: 0, gained: null, byTrigger: [] });

    const askedAt = new Date(0).toISOString();
    const isThis = eq(retrainingCycles.id, requested.body.cycle.id);
    await ctx.db
      .update(retrainingCycles)
      .set({ approval: { askedAt, decision: null } })
      .where(isThis);
    const cycle = `${path}/cycles/1`;
    expect((await call("POST", `${cycle}/approve`, { reason: "fine" })).status).toBe(403);
    const other = await clientOf(await newMember(ctx, "operator"));
    expect((await other("POST", `${cycle}/decline`, { reason: "not now" })).body.parts.approval).toMatchObject({
      decision: { isGiven: false, reason: "not now" },
    });
    expect((await call("POST", `${cycle}/end`, { reason: "enough" })).body.cancelRequest.reason).toBe("enough");
    await ctx.db.update(retrainingCycles).set({ state: "cancelled", endedAt: new Date() }).where(isThis);
    expect((await call("GET", cycle)).body).toMatchObject({ state: "cancelled", steps: [{ state: "requested" }] });
    expect((await call("DELETE", path)).status).toBe(204);
    expect((await call("GET", path)).status).toBe(404);
  }),
);
