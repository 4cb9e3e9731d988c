import { and, asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { monitoringFindings, retrainingCycles, retrainingDecisions, retrainingPolicies } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { addFinding, newLookedAt } from "#server/testing/fixtures/retraining/look-testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { lookAtPolicy } from "./look-at-policy.ts";

const now = Date.now();
const ago = (hours: number) => new Date(now - hours * hourMs);
const onDrift = { triggers: [{ kind: "drift" as const }] };

async function decisionsOf(ctx: Context, policyId: string) {
  const { workspaceId } = ctx.actor;
  const of = and(eq(retrainingDecisions.workspaceId, workspaceId), eq(retrainingDecisions.policyId, policyId));
  return ctx.db.select().from(retrainingDecisions).where(of).orderBy(asc(retrainingDecisions.at));
}
const cyclesOf = (ctx: Context) =>
  ctx.db.select().from(retrainingCycles).where(eq(retrainingCycles.workspaceId, ctx.actor.workspaceId));
const heldBy = ({ holds }: Awaited<ReturnType<typeof decisionsOf>>[number]) => holds.map(({ words }) => words);

test(
  "starts one cycle from all that speaks for it, and holds while that is open",
  inWorkspace(async (ctx) => {
    const { policy, endpointId } = await newLookedAt(ctx, {
      triggers: [{ kind: "drift" }, { kind: "schedule", cron: "* * * * *", timeZone: "UTC" }],
    });
    await ctx.db.update(retrainingPolicies).set({ createdAt: ago(24) });
    const id = await addFinding(ctx, { endpointId, openedAt: ago(26) });
    await addFinding(ctx, { endpointId, feature: "age", openedAt: ago(2) });
    await addFinding(ctx, { endpointId, key: "canary:1:feature:fee", feature: "fee", openedAt: ago(26) });
    await addFinding(ctx, { endpointId, key: "prediction:answer", feature: "answer", openedAt: ago(26) });
    await addFinding(ctx, { endpointId, feature: "city", severity: "note", openedAt: ago(26) });
    await lookAtPolicy(ctx, policy.id, now);
    const [cycle, ...others] = await cyclesOf(ctx);
    expect(others).toEqual([]);
    expect(cycle).toMatchObject({ number: 1, state: "requested", requestedBy: null });
    expect(cycle?.evidence.map(({ key, words }) => [key.split(":")[0], words])).toEqual([
      ["drift", "amount has drifted for 1\u00a0d 2\u00a0h."],
      ["schedule", "Due by schedule."],
    ]);
    expect(cycle?.evidence[0]?.key).toBe(`drift:${id}`);
    await lookAtPolicy(ctx, policy.id, now + 1000);
    const decisions = await decisionsOf(ctx, policy.id);
    expect(decisions).toMatchObject([
      { kind: "fired", cycleId: cycle?.id },
      { kind: "held", cycleId: null },
    ]);
    expect(decisions[1] && heldBy(decisions[1])).toEqual(["Cycle 1 is open."]);
    expect(await cyclesOf(ctx)).toHaveLength(1);
    // Its adoption answers the drift.
    await ctx.db.update(retrainingCycles).set({ state: "adopted", endedAt: ago(0) });
    await ctx.db.update(retrainingPolicies).set({ rules: { ...policy.rules, ...onDriftRules(policy) } });
    await lookAtPolicy(ctx, policy.id, now + 2000);
    expect((await decisionsOf(ctx, policy.id)).at(-1)).toMatchObject({ kind: "quiet", evidence: [] });
  }),
);

function onDriftRules({ rules }: { rules: typeof retrainingPolicies.$inferSelect.rules }) {
  return { triggers: rules.triggers.filter(({ kind }) => kind === "drift") };
}

test(
  "holds in words what has to be mended first, writes it once, and keeps its ages up to date",
  inWorkspace(async (ctx) => {
    const { policy, endpointId } = await newLookedAt(ctx, onDrift);
    const openedAt = new Date(now - 30 * hourMs);
    await addFinding(ctx, { endpointId, openedAt });
    await addFinding(ctx, { endpointId, watcher: "integrity", kind: "unit changed", openedAt });
    // New values may be what the model has to learn.
    await addFinding(ctx, { endpointId, watcher: "integrity", kind: "unseen levels", feature: "city", openedAt });
    const old = { workspaceId: ctx.actor.workspaceId, policyId: policy.id, revision: 1, evidence: [], holds: [] };
    await ctx.db.insert(retrainingDecisions).values({ ...old, kind: "quiet", at: new Date(now - 401 * dayMs) });
    await lookAtPolicy(ctx, policy.id, now);
    const first = await decisionsOf(ctx, policy.id);
    expect(first).toHaveLength(1);
    const day = openedAt.toLocaleDateString("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
    expect(first[0] && heldBy(first[0])).toEqual([
      `Fix the source first: amount has arrived in another unit since ${day}.`,
    ]);
    await lookAtPolicy(ctx, policy.id, now);
    expect(await decisionsOf(ctx, policy.id)).toEqual(first);
    await lookAtPolicy(ctx, policy.id, now + 5 * hourMs);
    const [later, ...more] = await decisionsOf(ctx, policy.id);
    expect(more).toEqual([]);
    expect(later).toMatchObject({ id: first[0]?.id, at: first[0]?.at });
    expect(later?.evidence[0]?.words).toBe("amount has drifted for 1\u00a0d 11\u00a0h.");
    const [stored] = await ctx.db.select().from(retrainingPolicies).where(eq(retrainingPolicies.id, policy.id));
    expect(stored?.lookedAt).toEqual(new Date(now + 5 * hourMs));
    // Paused, it still looks.
    await ctx.db.update(retrainingPolicies).set({ pausedAt: new Date() });
    await lookAtPolicy(ctx, policy.id, now + 6 * hourMs);
    expect((await decisionsOf(ctx, policy.id)).at(-1)?.holds.map(({ code }) => code)).toEqual(["paused", "feed"]);
    expect(await cyclesOf(ctx)).toEqual([]);
  }),
);

test(
  "sees nothing of another workspace, and nothing where the endpoint serves another model",
  inWorkspace(async (ctx) => {
    const { policy, endpointId } = await newLookedAt(ctx, onDrift);
    const other = await newWorkspace(ctx.db);
    const elsewhere = await newLookedAt(other, onDrift);
    await addFinding(other, { endpointId: elsewhere.endpointId, openedAt: ago(26) });
    // A row that should not exist: the endpoint of one workspace, the finding of another.
    const stray = await addFinding(other, { endpointId, openedAt: ago(26) });
    await lookAtPolicy(ctx, policy.id, now);
    await lookAtPolicy(ctx, elsewhere.policy.id, now);
    expect(await cyclesOf(ctx)).toEqual([]);
    expect(await cyclesOf(other)).toEqual([]);
    expect(await decisionsOf(ctx, policy.id)).toMatchObject([{ kind: "quiet" }]);
    await ctx.db
      .update(monitoringFindings)
      .set({ workspaceId: ctx.actor.workspaceId })
      .where(eq(monitoringFindings.id, stray));
    const { modelId } = await newLookedAt(ctx, onDrift, { name: "other" });
    await ctx.db.delete(retrainingPolicies).where(eq(retrainingPolicies.modelId, modelId));
    await ctx.db.update(retrainingPolicies).set({ modelId }).where(eq(retrainingPolicies.id, policy.id));
    await lookAtPolicy(ctx, policy.id, now);
    expect(await cyclesOf(ctx)).toEqual([]);
    await ctx.db
      .update(retrainingPolicies)
      .set({ modelId: policy.modelId })
      .where(eq(retrainingPolicies.id, policy.id));
    await lookAtPolicy(ctx, policy.id, now);
    expect(await cyclesOf(ctx)).toHaveLength(1);
  }),
);
