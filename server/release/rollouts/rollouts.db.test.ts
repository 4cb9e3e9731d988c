import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { deployments, rolloutDecisions, rolloutEvidence } from "#db/schema/index.ts";
import { readAuditLog } from "#server/admin/audit-log/queries.ts";
import type { Context } from "#server/base/context.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { beat, count, countArms, newRollout, recheck } from "../../testing/fixtures/rollouts/testing.ts";
import { abortRollout } from "./abort-rollout.ts";
import { getRolloutCurves } from "./curve-queries.ts";
import { listRolloutDecisions } from "./decision-queries.ts";
import { getRollout } from "./queries.ts";

const first = { step: 0, weight: 0.1 };
const second = { step: 1, weight: 0.5 };

async function summarise(ctx: Context, rolloutId: string) {
  const { decisions } = await listRolloutDecisions(ctx, { rolloutId });
  return decisions.toReversed().map(({ kind, words, actorName }) => [kind, words.replaceAll("\u00a0", " "), actorName]);
}

/** Creates a rollout whose canary is loaded on every gateway. */
async function ready(ctx: Context) {
  const fixture = await newRollout(ctx);
  await beat(ctx, { endpointId: fixture.endpointId, versionId: fixture.canary.id });
  await recheck(ctx, fixture.rolloutId);
  return fixture;
}

test(
  "runs from start to promotion by counts alone, with steps, deployment, monitoring and logged evidence",
  inWorkspace(async (ctx) => {
    const { rolloutId, endpointId, canary } = await newRollout(ctx);
    await recheck(ctx, rolloutId);
    expect(await getRollout(ctx, { rolloutId })).toMatchObject({ phase: "starting", hold: { code: "no-gateway" } });
    await beat(ctx, { endpointId, versionId: canary.id }, "loading");
    await recheck(ctx, rolloutId);
    expect((await getRollout(ctx, { rolloutId })).hold?.words).toBe("Waiting for gw-1 to load v2.");
    await beat(ctx, { endpointId, versionId: canary.id });
    await recheck(ctx, rolloutId);
    await countArms(ctx, rolloutId, first, { canary: [500, 2], stable: [4500, 18] });
    await recheck(ctx, rolloutId, 60);
    await countArms(ctx, rolloutId, second, { canary: [1000, 4], stable: [1000, 4] });
    await recheck(ctx, rolloutId, 60);
    const served = async () => (await currentDeployments(ctx, [endpointId])).get(endpointId);
    expect(await served()).toMatchObject({ versionId: canary.id, providers: ["cpu"], deployedBy: "Leeway" });
    expect(await getRollout(ctx, { rolloutId })).toMatchObject({ phase: "watching", step: 2, weight: 1 });
    await count(ctx, rolloutId, { step: 2, weight: 1, arm: "canary", units: 300, events: 1 });
    await recheck(ctx, rolloutId, 61);
    expect(await summarise(ctx, rolloutId)).toEqual([
      ["started", "Started v2 alongside v1.", "Test admin"],
      ["hold", "On hold before the first step: no gateway was active in the last 30 s.", "Leeway"],
      ["advance", "Advanced to 10%: v2 is ready on the gateway.", "Leeway"],
      ["advance", "Advanced to 50%: no regression in 60 s and 500 requests.", "Leeway"],
      ["promote", "Advanced to 100%: no regression in 60 s and 1,000 requests.", "Leeway"],
      ["complete", "v2 promoted: monitored for 60 s without a regression.", "Leeway"],
    ]);
    const ended = await getRollout(ctx, { rolloutId });
    expect(ended).toMatchObject({ phase: "promoted", weight: 1, revision: 4, endedAt: expect.any(Date) });
    const rows = await ctx.db.select().from(rolloutDecisions).where(eq(rolloutDecisions.rolloutId, rolloutId));
    expect(rows.find(({ kind }) => kind === "promote")?.evidence).toMatchObject({
      guardrails: [{ metric: "errors", canary: { units: 1500, events: 6 }, stable: { units: 5500, events: 22 } }],
    });
    const actions = (await readAuditLog(ctx, { q: "action ~ rollout" })).events.map(({ action }) => action);
    expect(actions.toReversed()).toEqual([
      "rollout.started",
      "rollout.held",
      "rollout.advanced",
      "rollout.advanced",
      "rollout.promoted",
      "rollout.completed",
    ]);
    expect((await getRolloutCurves(ctx, { rolloutId })).points.length).toBeGreaterThanOrEqual(3);
  }),
);

test(
  "restores the stable version after a regression in a step, and ignores later counts",
  inWorkspace(async (ctx) => {
    const { rolloutId, endpointId, deployment } = await ready(ctx);
    await countArms(ctx, rolloutId, first, { canary: [400, 80], stable: [3600, 15] });
    await recheck(ctx, rolloutId, 5);
    expect(await getRollout(ctx, { rolloutId })).toMatchObject({
      phase: "rolled-back",
      weight: 0,
      step: 0,
      violatedMetrics: ["errors"],
      endedAt: expect.any(Date),
    });
    expect((await currentDeployments(ctx, [endpointId])).get(endpointId)?.id).toBe(deployment.id);
    expect((await summarise(ctx, rolloutId)).at(-1)).toEqual([
      "roll-back",
      "Rolled back to v1 because errors rose 48×, from 0.417% to 20%; 80 requests were affected.",
      "Leeway",
    ]);
    const log = await summarise(ctx, rolloutId);
    await countArms(ctx, rolloutId, first, { canary: [90_000, 80], stable: [3600, 15] });
    await recheck(ctx, rolloutId, 3600);
    expect(await summarise(ctx, rolloutId)).toEqual(log);
    // The page and REST show what decided, and not what was counted later.
    const [shown] = (await getRollout(ctx, { rolloutId })).evidence.guardrails;
    expect(shown?.fact).toMatchObject({
      verdict: "regression",
      canary: { units: 400, events: 80 },
      stable: { units: 3600, events: 15 },
      words: "errors rose 48×, from 0.417% to 20%",
    });
  }),
);

test(
  "redeploys the stable version after a regression or an abort while monitoring",
  inWorkspace(async (ctx) => {
    const { rolloutId, endpointId, stable } = await ready(ctx);
    await countArms(ctx, rolloutId, first, { canary: [500, 0], stable: [4500, 0] });
    await recheck(ctx, rolloutId, 60);
    await countArms(ctx, rolloutId, second, { canary: [1000, 0], stable: [1000, 0] });
    await recheck(ctx, rolloutId, 60);
    await abortRollout(ctx, { rolloutId, reason: "the north depots complain" });
    const ofEndpoint = eq(deployments.endpointId, endpointId);
    const rows = await ctx.db.select().from(deployments).where(ofEndpoint).orderBy(deployments.id);
    expect(rows).toHaveLength(3);
    expect(rows.at(-1)).toMatchObject({ versionId: stable.id, providers: ["cpu"], deployedBy: ctx.actor.name });
  }),
);

test(
  "computes the same evidence after a restart, and keeps a reached maximum",
  inWorkspace(async (ctx) => {
    const { rolloutId } = await ready(ctx);
    await countArms(ctx, rolloutId, first, { canary: [200, 3], stable: [1800, 9] });
    await recheck(ctx, rolloutId, 5);
    const before = (await getRollout(ctx, { rolloutId })).evidence;
    await recheck(ctx, rolloutId, 6);
    expect((await getRollout(ctx, { rolloutId })).evidence).toEqual(before);
    // The same counts from two gateways, one of which started later.
    await countArms(ctx, rolloutId, first, { canary: [150, 1], stable: [1000, 4] });
    await count(ctx, rolloutId, { ...first, arm: "canary", units: 50, events: 2 }, "gw-2");
    await count(ctx, rolloutId, { ...first, arm: "stable", units: 800, events: 5 }, "gw-2");
    const [{ logEWorse } = { logEWorse: null }] = (await getRollout(ctx, { rolloutId })).evidence.guardrails;
    expect(logEWorse).toBeCloseTo(before.guardrails[0]?.logEWorse ?? 0, 12);
    await count(ctx, rolloutId, { ...first, arm: "stable", units: 80_000, events: 900 }, "gw-2");
    const [now] = (await getRollout(ctx, { rolloutId })).evidence.guardrails;
    expect(now?.logEWorse).toBeLessThan(0);
    expect(now?.maxLogEWorse).toBeCloseTo(before.guardrails[0]?.maxLogEWorse ?? 0, 12);
  }),
);

test(
  "stores curve points 2 s apart at first, and less densely later",
  inWorkspace(async (ctx) => {
    const { rolloutId } = await ready(ctx);
    const points = () => ctx.db.$count(rolloutEvidence, eq(rolloutEvidence.rolloutId, rolloutId));
    await countArms(ctx, rolloutId, first, { canary: [200, 1], stable: [1800, 9] });
    const before = await points();
    for (const later of [3, 3.5, 4, 5.5]) await recheck(ctx, rolloutId, later);
    expect(await points()).toBe(before + 2);
  }),
);
