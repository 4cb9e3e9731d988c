import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { predictions, rolloutCounts } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { node, onnxModel, tensorValue } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { countBytes, infer, openRollout, times } from "#server/testing/fixtures/serving/rollout/testing-scene.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { recordOutcomes } from "../../../report/kpis/record-outcomes.ts";
import { getRolloutOutcomes } from "../outcomes/outcome-queries.ts";
import { countSources } from "./count-sources.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

const pipeline = Pipeline.parse({ after: [{ name: "place", from: "y", steps: [{ step: "argmax" }] }] });
/** Creates a version that predicts the index of the highest of four numbers, or of their negatives. */
const version = (operator: string) => ({
  bytes: onnxModel({
    nodes: [node(operator, ["x"], ["y"])],
    inputs: [tensorValue("x", "float32", ["N", 4])],
    outputs: [tensorValue("y", "float32", ["N", 4])],
  }),
  signature: { ...mlpSignature, outputs: [{ name: "y", datatype: "FP32" as const, shape: ["N", 4] }] },
  pipeline,
});

test("counts labels and business events for requests assigned, logged and mirrored by a real gateway", async () => {
  const guardrails = [{ metric: "label-errors" as const }, { metric: "conversions" as const, event: "order" }];
  const plan = { steps: [{ weight: 0.5, shadowShare: 1 }], guardrails };
  const fixture = await openRollout(db, { plan, weight: 0.5 }, [version("Identity"), version("Neg")]);
  const { ctx, gateway, endpointId, rolloutId } = fixture;
  const results: Awaited<ReturnType<typeof infer>>[] = [];
  for (const _ of times(24)) {
    results.push(await infer(gateway, ctx, { values: [1, 2, 3, 4], outputs: [{ name: "place" }] }));
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  await countBytes(fixture);
  await gateway.core.flush();
  const ids = (arm: string) => results.filter((one) => one.arm === arm).map(({ requestId }) => requestId);
  const [canary, stable] = [ids("canary"), ids("stable")];
  expect(Math.min(canary.length, stable.length)).toBeGreaterThan(0);
  const labels = results.map(({ requestId }) => ({ requestId, label: "3" }));
  expect(await recordLabels(ctx, { endpointId, labels })).toMatchObject({ recorded: 24, unknown: 0 });
  const outcomes = stable.map((requestId) => ({ requestId, name: "order", value: 10 }));
  expect(await recordOutcomes(ctx, { endpointId, outcomes })).toMatchObject({ added: stable.length, unknown: [] });
  await countSources(ctx, rolloutId);

  const rows = await db.select().from(rolloutCounts).where(eq(rolloutCounts.rolloutId, rolloutId));
  const of = (metric: string, arm: string) => {
    const own = rows.filter((row) => row.metric === metric && row.arm === arm);
    return [own.reduce((sum, { units }) => sum + units, 0), own.reduce((sum, { events }) => sum + events, 0)];
  };
  expect(of("label-errors", "canary")).toEqual([canary.length, canary.length]);
  expect(of("label-errors", "stable")).toEqual([stable.length, 0]);
  const logged = await db.select().from(predictions).where(eq(predictions.endpointId, endpointId));
  const copies = logged.filter(({ arm }) => arm === "shadow").length;
  expect(copies).toBeGreaterThan(0);
  expect(of("label-errors", "pair")).toEqual([copies, copies]);
  expect(of("conversions", "canary")).toEqual([canary.length, 0]);
  expect(of("conversions", "stable")).toEqual([stable.length, stable.length]);
  const [order] = (await getRolloutOutcomes(ctx, { rolloutId })).outcomes;
  expect(order).toMatchObject({
    canary: { units: canary.length, events: 0 },
    stable: { valuePerUnit: { estimate: 10 } },
  });
});
