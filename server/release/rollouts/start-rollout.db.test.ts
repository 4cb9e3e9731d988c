import { expect, test } from "vitest";
import { modelVersions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { deleteModelVersion } from "#server/develop/registry/versions/delete-model-version.ts";
import { archiveEndpoint } from "#server/release/endpoints/archive-endpoint.ts";
import { setCascade } from "#server/release/endpoints/cascade/set-cascade.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { Cascade } from "#server/serve/cascade/contract.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { unloadEndpoint } from "#server/serve/endpoints/unload-endpoint.ts";
import { addWindow, mlpSignature, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { createRolloutFixture, newRollout, quickPlan } from "../../testing/fixtures/rollouts/testing.ts";
import { abortRollout } from "./abort-rollout.ts";
import { listRolloutDecisions } from "./decision-queries.ts";
import { listRollouts } from "./queries.ts";
import { findMisfits } from "./start-choices/find-misfits.ts";
import { startRollout } from "./start-rollout.ts";

function refused(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: unknown) => {
      if (error instanceof DomainError) return `${error.code}: ${error.message}`;
      throw error;
    },
  );
}

const reason = "better on the north depots";
const start = (ctx: Context, endpointId: string, version: number, more: object = {}) =>
  startRollout(ctx, { endpointId, version, plan: quickPlan, reason, ...more });

test(
  "freezes the p95 latency of the serving version and its record of the last day",
  inWorkspace(async (ctx) => {
    const { endpointId, stable } = await createRolloutFixture(ctx);
    const latenciesMs = Array.from({ length: 100 }, (_, at) => at + 1);
    const at = (secondsAgo: number) => new Date(Math.floor(Date.now() / 10_000) * 10_000 - secondsAgo * 1000);
    const traffic = { endpointId, versionId: stable.id, failures: { "500": 3, "422": 2, "404": 9 } };
    await addWindow(ctx, { ...traffic, latenciesMs, windowStart: at(1800) });
    await addWindow(ctx, { ...traffic, latenciesMs: [5000], windowStart: at(2 * 86_400) });
    const { frozen, state, evidence } = await start(ctx, endpointId, 2);
    expect(frozen.slowMs / 95).toBeCloseTo(1, 1);
    expect(frozen.outcomeAgeMs).toBe(1000);
    expect(frozen.requestsPerSecond).toBeCloseTo(114 / 1800, 2);
    expect(frozen.record).toMatchObject({
      errors: { units: 114, events: 3 },
      "client-errors": { units: 114, events: 2 },
      slow: { units: 100 },
    });
    expect(frozen.record.slow?.events).toBeGreaterThanOrEqual(3);
    expect(state).toMatchObject({ phase: "starting", weight: 0, hold: null });
    expect(evidence.guardrails).toMatchObject([{ logEWorse: expect.closeTo(0, 12), verdict: "collecting" }]);
  }),
);

test(
  "falls back to 1 s as slow without traffic, logs that, and prefers the limit of the plan",
  inWorkspace(async (ctx) => {
    const plan = { ...quickPlan, guardrails: [{ metric: "slow" as const }] };
    const { rollout } = await newRollout(ctx, { plan });
    expect(rollout.frozen).toMatchObject({ slowMs: 1000, outcomeAgeMs: 2000, requestsPerSecond: null });
    const { decisions } = await listRolloutDecisions(ctx, { rolloutId: rollout.id });
    expect(decisions).toMatchObject([{ kind: "started", reason, evidence: null }]);
    expect(decisions[0]?.words).toContain("responses slower than 1000\u00a0ms count as slow");
    await abortRollout(ctx, { rolloutId: rollout.id, reason });
    const own = await start(ctx, rollout.endpointId, 2, { plan: { ...plan, slowMs: 70, outcomeAgeMs: 300 } });
    expect(own.frozen).toMatchObject({ slowMs: 70, outcomeAgeMs: 300 });
  }),
);

test(
  "rejects a deployed, unknown, unservable or incompatible version, and a viewer",
  inWorkspace(async (ctx) => {
    const { endpointId } = await createRolloutFixture(ctx);
    await newVersion(ctx, { version: 3, inspection: "unservable" });
    const outputs = [{ name: "z", datatype: "FP32" as const, shape: ["N", 3] }];
    await newVersion(ctx, { version: 4, signature: { ...mlpSignature, outputs } });
    expect(await refused(start(ctx, endpointId, 1))).toContain('is already deployed to "digits"');
    expect(await refused(start(ctx, endpointId, 9))).toContain("not-found");
    expect(await refused(start(ctx, endpointId, 3))).toContain("cannot be served");
    expect(await refused(start(ctx, endpointId, 4))).toContain(
      'is not compatible with digits version 1: Output "y" was removed',
    );
    // The form says it before.
    const ids = await ctx.db.select({ id: modelVersions.id, version: modelVersions.version }).from(modelVersions);
    const idOf = (version: number) => ids.find((each) => each.version === version)?.id ?? "";
    const misfits = await findMisfits(ctx, idOf(1), [1, 2, 4].map(idOf));
    expect([...misfits]).toEqual([[idOf(4), expect.stringContaining('Output "y" was removed')]]);
    expect(await refused(start(as(ctx, "member"), endpointId, 2))).toContain("forbidden");
    const hopeless = { ...quickPlan, advanceWhen: "proved-safe" as const, guardrails: [{ metric: "cost" as const }] };
    expect(await refused(start(ctx, endpointId, 2, { plan: hopeless }))).toContain("can reach a “no worse” verdict");
    expect((await listRollouts(ctx)).rollouts).toEqual([]);
  }),
);

test(
  "rejects an endpoint that serves nothing, is unloaded or has a cascade",
  inWorkspace(async (ctx) => {
    const { endpointId } = await createRolloutFixture(ctx);
    const { id: empty } = await createEndpoint(ctx, { name: "empty" });
    expect(await refused(start(ctx, empty, 2, { model: "digits" }))).toContain("Nothing is deployed");
    const rules = { confidence: { output: "y", below: 0.6 } };
    const cascade = { rules, next: [{ model: "digits", version: 2, costPerThousand: 2 }] };
    await setCascade(ctx, { endpointId, cascade: Cascade.parse(cascade) });
    expect(await refused(start(ctx, endpointId, 2))).toContain("Remove the cascade first");
    await setCascade(ctx, { endpointId, cascade: Cascade.parse({}) });
    await unloadEndpoint(ctx, { endpointId });
    expect(await refused(start(ctx, endpointId, 2))).toContain("is unloaded");
  }),
);

test(
  "rejects other changes to the endpoint and deletions while in progress, and names the rollout",
  inWorkspace(async (ctx) => {
    const { endpointId, rolloutId } = await newRollout(ctx);
    await newVersion(ctx, { version: 3 });
    const expected = `A rollout of digits v2 (about to start) is in progress on "digits". Roll it back or wait until it finishes`;
    const acts = [
      () => start(ctx, endpointId, 3),
      () => deployVersion(ctx, { endpointId, model: "digits", version: 3 }),
      () => archiveEndpoint(ctx, { endpointId }),
      () => unloadEndpoint(ctx, { endpointId }),
      () => setCascade(ctx, { endpointId, cascade: Cascade.parse({}) }),
    ];
    for (const act of acts) expect(await refused(act())).toContain(expected);
    expect(await refused(deleteModelVersion(ctx, { name: "digits", version: 2 }))).toContain("is part of the rollout");
    await abortRollout(ctx, { rolloutId, reason });
    await deployVersion(ctx, { endpointId, model: "digits", version: 3 });
    await deleteModelVersion(ctx, { name: "digits", version: 2 });
  }),
);

test("starts one of two concurrent rollouts, and returns the first response to a repeated request", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const { endpointId } = await createRolloutFixture(ctx);
  await newVersion(ctx, { version: 3 });
  const outcomes = await Promise.all([2, 3, 2].map((version) => refused(start(ctx, endpointId, version))));
  expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome.startsWith("conflict"))).toHaveLength(2);
  const { rollouts } = await listRollouts(ctx);
  await abortRollout(ctx, { rolloutId: rollouts[0]?.id ?? "", reason });
  const input = { endpointId, version: 2, plan: quickPlan, reason };
  const [one, again] = [await startRollout(ctx, input, "build-77"), await startRollout(ctx, input, "build-77")];
  expect(again.id).toBe(one.id);
});
