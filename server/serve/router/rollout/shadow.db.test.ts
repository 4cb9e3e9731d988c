import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { predictions, servingWindows } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { assignmentBucket } from "#server/serve/rollout/assignment-bucket.ts";
import { node, onnxModel, tensorValue } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import {
  countBytes,
  infer,
  openRollout,
  type RolloutFixture,
  times,
} from "../../../testing/fixtures/serving/rollout/testing-scene.ts";
import { mlpSignature } from "../../../testing/fixtures/serving/testing.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

const signature: Signature = {
  ...mlpSignature,
  outputs: [{ name: "y", datatype: "FP32", shape: ["N", 4] }],
};
/** Builds a model of one operator with four input and four output numbers. */
const oneNode = (operator: string) =>
  onnxModel({
    nodes: [node(operator, ["x"], ["y"])],
    inputs: [tensorValue("x", "float32", ["N", 4])],
    outputs: [tensorValue("y", "float32", ["N", 4])],
  });
const same = { bytes: oneNode("Identity"), signature };
const negated = { bytes: oneNode("Neg"), signature };
/** Logarithms of negative numbers are none. */
const logarithm = { bytes: oneNode("Log"), signature };

const metrics = ["errors", "slow", "invalid-outputs", "disagreement"] as const;
const guardrails = metrics.map((metric) => ({ metric, ...(metric === "disagreement" && { floor: 0.05 }) }));
/** All in shadow, nothing to the new version. */
const shadowOnly = {
  weight: 0,
  plan: { steps: [{ weight: 0, shadowShare: 1 }], guardrails },
  // High enough that no response is slow, however busy the machine is.
  frozen: { slowMs: 30_000 },
};

/** Sends requests with pauses for their copies. */
async function send({ gateway, ctx }: RolloutFixture, count: number, how: Parameters<typeof infer>[2] = {}) {
  const cache = [];
  for (const _ of times(count)) {
    cache.push(await infer(gateway, ctx, how));
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  return cache;
}

/** Copies that found no quiet moment. */
async function dropped({ gateway }: RolloutFixture): Promise<number> {
  const text = await gateway.registry.getSingleMetricAsString("leeway_shadow_dropped_total");
  return [...text.matchAll(/} (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Returns how many copies were compared, once each was compared or dropped; and the counts. */
async function compared(fixture: RolloutFixture, copies: number) {
  let counts: Record<string, string> = {};
  const pairs = () => Number(counts["errors pair"]?.split("/")[0] ?? 0);
  const done = async () => {
    counts = await countBytes(fixture);
    return pairs() + (await dropped(fixture));
  };
  await expect.poll(done, { timeout: 20_000 }).toBe(copies);
  return { pairs: pairs(), counts };
}

test("mirrors each request to the other version without effect on the client, and counts no events for agreement", async () => {
  const fixture = await openRollout(db, shadowOnly, [same, same]);
  const cache = await send(fixture, 12);
  expect(new Set(cache.map(({ arm, modelVersion }) => `${arm} ${modelVersion}`))).toEqual(new Set(["stable 1"]));
  const { pairs, counts } = await compared(fixture, 12);
  expect(pairs).toBeGreaterThan(0);
  expect(counts).toEqual(Object.fromEntries(metrics.map((metric) => [`${metric} pair`, `${pairs}/0`])));

  await fixture.gateway.core.flush();
  const logged = await db.select().from(predictions).where(eq(predictions.endpointId, fixture.endpointId));
  const [copies, live] = [logged.filter(({ arm }) => arm === "shadow"), logged.filter(({ arm }) => arm === "stable")];
  expect([copies.length, live.length]).toEqual([pairs, 12]);
  expect(copies.every(({ versionId }) => versionId === fixture.canaryVersionId)).toBe(true);
  const marks = copies.map(({ rollout, requestId }) => ({ rollout, requestId }));
  const mark = { id: fixture.rolloutId, step: 0, weight: 0, isSampled: true };
  const marked = (originalId: string) => ({ ...mark, unit: originalId, originalId });
  expect(marks).toEqual(copies.map(({ requestId }) => ({ rollout: marked(requestId), requestId })));
  const ids = live.map(({ requestId }) => requestId);
  expect(copies.every(({ requestId }) => ids.includes(requestId))).toBe(true);
  const windows = await db.select().from(servingWindows).where(eq(servingWindows.endpointId, fixture.endpointId));
  const requests = (arm: string) =>
    windows.filter((row) => row.arm === arm).reduce((sum, row) => sum + row.requests, 0);
  expect([requests("shadow"), requests("stable"), requests("canary")]).toEqual([pairs, 12, 0]);
});

test("counts differing outputs as disagreement, and returns the live outputs", async () => {
  const fixture = await openRollout(db, shadowOnly, [same, negated]);
  await send(fixture, 8);
  const { pairs, counts } = await compared(fixture, 8);
  expect(pairs).toBeGreaterThan(0);
  expect(counts).toMatchObject({ "disagreement pair": `${pairs}/${pairs}`, "errors pair": `${pairs}/0` });
});

test("counts invalid outputs that only the new version returns", async () => {
  const fixture = await openRollout(db, shadowOnly, [same, logarithm]);
  await send(fixture, 8, { values: [-1, -2, -3, -4] });
  const { pairs, counts } = await compared(fixture, 8);
  expect(pairs).toBeGreaterThan(0);
  expect(counts).toMatchObject({ "invalid-outputs pair": `${pairs}/${pairs}` });
});

test("runs a mirrored request through the pipeline of its own version", async () => {
  const pipeline = Pipeline.parse({ after: [{ name: "place", from: "y", steps: [{ step: "argmax" }] }] });
  const fixture = await openRollout(db, shadowOnly, [
    { ...same, pipeline },
    { ...negated, pipeline },
  ]);
  await send(fixture, 6, { outputs: [{ name: "place" }] });
  const { pairs, counts } = await compared(fixture, 6);
  expect(pairs).toBeGreaterThan(0);
  expect(counts).toMatchObject({ "disagreement pair": `${pairs}/${pairs}` });
  await fixture.gateway.core.flush();
  const logged = await db.select().from(predictions).where(eq(predictions.endpointId, fixture.endpointId));
  expect(logged.every(({ pipelineDigest }) => pipelineDigest !== null)).toBe(true);
});

test("responds to all requests of a burst, and drops and reports mirrored requests without capacity", async () => {
  const fixture = await openRollout(db, shadowOnly, [same, same]);
  const { gateway, ctx } = fixture;
  await Promise.all(times(40).map(() => infer(gateway, ctx)));
  const { pairs } = await compared(fixture, 40);
  expect(pairs).toBeLessThan(40);
});

test("mirrors the same share of requests on every gateway, except those of the canary", async () => {
  const plan = { steps: [{ weight: 0.5, shadowShare: 0.5 }], guardrails };
  const fixture = await openRollout(db, { ...shadowOnly, weight: 0.5, plan }, [same, same]);
  const cache = await send(fixture, 40);
  const stable = cache.filter(({ arm }) => arm === "stable").length;
  // As many as the salted hash says of the ids that they have.
  const share = cache.filter(
    ({ arm, requestId }) => arm === "stable" && assignmentBucket("salt shadow", requestId) < 0.5,
  );
  expect(share.length).toBeGreaterThan(0);
  expect(share.length).toBeLessThan(stable);
  const { counts } = await compared(fixture, share.length);
  expect(counts["errors stable"]).toBe(`${stable}/0`);
});

test("waits for mirrored requests in flight on shutdown, and stores their results", async () => {
  const fixture = await openRollout(db, shadowOnly, [same, negated]);
  const { gateway, ctx } = fixture;
  const executions = () => gateway.core.table.all[0]?.other?.opened?.pool.state.counts.executions ?? 0;
  // On a busy machine some copies find no idle moment.
  const send = async () => {
    await infer(gateway, ctx);
    return executions();
  };
  await expect.poll(send, { timeout: 20_000, interval: 10 }).toBeGreaterThan(0);
  await gateway.core.stop();
  const [pairs = 0, events] = (await countBytes(fixture))["disagreement pair"]?.split("/").map(Number) ?? [];
  expect(pairs).toBeGreaterThan(0);
  expect(events).toBe(pairs);
});
