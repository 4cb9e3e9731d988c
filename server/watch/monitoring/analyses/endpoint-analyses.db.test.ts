import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { predictions, referenceFeatures } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { type Random, seededRandom } from "#server/stats/random.ts";
import { mlpSignature, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { levels, normals, profiled } from "../../../testing/fixtures/monitoring/drift/testing.ts";
import { newReference } from "../../../testing/fixtures/monitoring/quality/testing.ts";
import { packSample, sampleKeyOf } from "../profiles/sample.ts";
import { getAnalysis } from "./queries.ts";
import { requestAnalysis } from "./request-analysis.ts";
import { runAnalysis } from "./run-analysis.ts";

const store = await openLocalStore(await mkdtemp(join(tmpdir(), "leeway-looks-")));
const now = Date.now();
const models = {
  leaseVersion: async () => {
    throw new Error("There are no versions to run.");
  },
};

interface Rows {
  fare: number[];
  carrier: string[];
}

const drawn = (random: Random, count: number, mean: number): Rows => ({
  fare: normals(random, count, { mean, spread: 10 }),
  carrier: levels(random, count, ["UA", "AA", "DL"]),
});

const tensors = ({ fare, carrier }: Rows, row: number) => [
  { name: "fare", datatype: "FP32", shape: [1, 1], data: [fare[row] as number] },
  { name: "carrier", datatype: "BYTES", shape: [1, 1], data: [carrier[row] as string] },
];

/** Creates a version with a reference of 600 rows, 400 similar requests two days ago, and 400 with another fare an hour ago. */
async function flights(ctx: Context) {
  const random = seededRandom(5);
  const { id: endpointId } = await createEndpoint(ctx, { name: "flights" });
  const inputs = [
    { name: "fare", datatype: "FP32" as const, shape: ["N", 1] },
    { name: "carrier", datatype: "BYTES" as const, shape: ["N", 1] },
  ];
  const { id: versionId } = await newVersion(ctx, { model: "flights", signature: { ...mlpSignature, inputs } });
  const { workspaceId } = ctx.actor;
  const rows = drawn(random, 600, 100);
  const sampleKey = sampleKeyOf(workspaceId, versionId);
  const sample = rows.fare.map((_, row) => ({ inputs: tensors(rows, row), outputs: undefined, label: null }));
  await store.put(sampleKey, packSample(sample));
  const profileId = await newReference(ctx, versionId, { rows: 600, sampleKey });
  const features = profiled({ ...rows });
  await ctx.db
    .insert(referenceFeatures)
    .values(features.map((feature, ordinal) => ({ workspaceId, profileId, ordinal, ...feature })));
  const log = async (logged: Rows, from: number) => {
    const of = {
      workspaceId,
      endpointId,
      versionId,
      arm: "stable" as const,
      status: 200,
      provider: "cpu",
      latencyMs: 1,
    };
    await ctx.db.insert(predictions).values(
      logged.fare.map((_, row) => ({
        ...of,
        id: crypto.randomUUID(),
        requestId: crypto.randomUUID(),
        at: new Date(from + row * 1000),
        inputs: tensors(logged, row),
      })),
    );
  };
  await log(drawn(random, 400, 100), now - 2 * dayMs);
  await log(drawn(random, 400, 125), now - hourMs);
  const span = (from: number, to: number) => ({ endpointId, versionId, from: new Date(from), to: new Date(to) });
  return {
    usual: span(now - 3 * dayMs, now - dayMs),
    changed: span(now - 2 * hourMs, now),
    empty: span(now - 5 * dayMs, now - 4 * dayMs),
  };
}

async function looked(ctx: Context, question: Parameters<typeof requestAnalysis>[1]["question"]) {
  const { id, endpointId } = await requestAnalysis(ctx, { question });
  expect(endpointId).not.toBeNull();
  await runAnalysis(ctx, id, { artifacts: store, models });
  return getAnalysis(ctx, id);
}

test(
  "distinguishes logged rows with a changed fare from the reference and names the feature, but not similar rows",
  inWorkspace(async (ctx) => {
    const { usual, changed, empty } = await flights(ctx);
    const found = await looked(ctx, { kind: "domain-classifier", ...changed });
    if (found.result?.kind !== "classifier") throw new Error(found.problem ?? "It is a classifier.");
    const { classifier } = found.result;
    expect(classifier.isDrift).toBe(true);
    expect(classifier.auc).toBeGreaterThan(0.9);
    expect(classifier.size).toBeCloseTo(2 * classifier.auc - 1, 12);
    expect(classifier.heldOut).toEqual({ reference: 200, current: 200 });
    expect(classifier.reasons[0]?.feature).toBe("fare");
    expect(classifier.words).toMatch(/can distinguish these rows .* above the threshold of .* mainly through `fare`/);
    const alike = await looked(ctx, { kind: "domain-classifier", ...usual });
    expect(alike.result).toMatchObject({ classifier: { isDrift: false } });
    const none = await looked(ctx, { kind: "domain-classifier", ...empty });
    expect(none).toMatchObject({ state: "failed", problem: expect.stringContaining("at least 50 are required") });
  }),
);

test(
  "shows Evidently's scores of logged rows beside the calibrated drift state per feature",
  inWorkspace(async (ctx) => {
    const { usual, changed, empty } = await flights(ctx);
    const found = await looked(ctx, { kind: "compatible-scores", ...changed });
    if (found.result?.kind !== "comparison") throw new Error(found.problem ?? "It is a comparison.");
    const { comparison } = found.result;
    expect(comparison).toMatchObject({ referenceRows: 600, rows: 400, changed: 1 });
    expect(comparison.columns).toMatchObject([
      { name: "fare", word: "changed", score: { method: "ks", kind: "p-value", threshold: 0.05, isDrift: true } },
      { name: "carrier", word: "about the same", score: { method: "chisquare", kind: "p-value" } },
    ]);
    const alike = await looked(ctx, { kind: "compatible-scores", ...usual });
    expect(alike.result).toMatchObject({ comparison: { changed: 0, rows: 400 } });
    const none = await looked(ctx, { kind: "compatible-scores", ...empty });
    expect(none).toMatchObject({ state: "failed", problem: expect.stringContaining("no rows in this range") });
  }),
);

test(
  "rejects analyses of an endpoint or version of another workspace",
  inWorkspace(async (ctx) => {
    const { changed } = await flights(ctx);
    const other = await newWorkspace(ctx.db);
    const question = { kind: "domain-classifier" as const, ...changed };
    await expect(requestAnalysis(other, { question })).rejects.toMatchObject({ code: "not-found" });
  }),
);
