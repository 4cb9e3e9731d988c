import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { recordLabels } from "../labels/record-labels.ts";
import type { ListPredictions } from "./contract.ts";
import { getPrediction, listPredictions } from "./queries.ts";

async function add(ctx: Context, endpointId: string, values: Partial<typeof predictions.$inferInsert>) {
  const { workspaceId } = ctx.actor;
  const ids = { id: randomUUID(), workspaceId, endpointId, versionId: randomUUID(), requestId: randomUUID() };
  const rest = { arm: "stable" as const, at: new Date(), status: 200, provider: "cpu", latencyMs: 3 };
  const row = { ...ids, ...rest, ...values };
  await ctx.db.insert(predictions).values(row);
  return row;
}

test(
  "returns exactly the predictions that match each filter",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const names = new Map<string, string>();
    const named = async (name: string, values: Partial<typeof predictions.$inferInsert>) => {
      const { id, requestId, versionId } = await add(ctx, endpointId, values);
      names.set(id, name);
      return { id, requestId, versionId };
    };
    const right = await named("right", { answer: "7", confidence: 0.9 });
    const byNumber = await named("by number", { answer: "seven", outputIndex: 7, confidence: 0.5 });
    const wrong = await named("wrong", { answer: "1", loggedReason: "low-confidence", confidence: 0.4, arm: "canary" });
    await named("refused", { status: 400, loggedReason: "failed", error: "no" });
    await named("broken", { status: 500, loggedReason: "failed", error: "no" });
    const labels = [right, byNumber, wrong].map(({ requestId }) => ({ requestId, label: "7" }));
    await recordLabels(ctx, { endpointId, labels });
    const found = async (filter: Partial<ListPredictions>) => {
      const { predictions } = await listPredictions(ctx, { endpointId, ...filter });
      return predictions.map(({ id }) => names.get(id)).sort();
    };
    expect(await found({ label: "right" })).toEqual(["by number", "right"]);
    expect(await found({ label: "wrong" })).toEqual(["wrong"]);
    expect(await found({ label: "with" })).toEqual(["by number", "right", "wrong"]);
    expect(await found({ label: "without" })).toEqual(["broken", "refused"]);
    expect(await found({ confidenceBelow: 0.6 })).toEqual(["by number", "wrong"]);
    expect(await found({ arm: "canary" })).toEqual(["wrong"]);
    expect(await found({ loggedReason: "low-confidence" })).toEqual(["wrong"]);
    expect(await found({ status: 400 })).toEqual(["refused"]);
    expect(await found({ failed: true })).toEqual(["broken", "refused"]);
    expect(await found({ versionId: right.versionId })).toEqual(["right"]);
    expect(await found({ search: right.requestId })).toEqual(["right"]);
    expect(await found({ search: wrong.id })).toEqual(["wrong"]);
    expect(await found({ search: "no such id" })).toEqual([]);
  }),
);

test(
  "omits the elements of large tensors from the list, but returns all of them for one prediction",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const small = { name: "y", datatype: "FP32", shape: [1], data: [0.5] };
    const described = { name: "x", datatype: "FP32", shape: [5000] };
    const large = { ...described, data: Array.from({ length: 5000 }, () => Math.random()) };
    const { id } = await add(ctx, endpointId, { inputs: [large], outputs: [small] });
    const [listed] = (await listPredictions(ctx, { endpointId, tensors: "small" })).predictions;
    expect(listed).toMatchObject({ id, inputs: [described], outputs: [small] });
    expect(listed?.inputs?.[0]).not.toHaveProperty("data");
    expect((await listPredictions(ctx, { endpointId })).predictions[0]?.inputs).toEqual([large]);
    expect(await getPrediction(ctx, { id })).toMatchObject({
      endpointId,
      inputs: [large],
      isCorrect: null,
      label: null,
    });
  }),
);

test(
  "shows cascade steps that were logged by their former names",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const step = {
      versionId: randomUUID(),
      modelName: "m",
      version: 1,
      outcome: "answered" as const,
      answer: "7",
      confidence: 0.9,
      latencyMs: 1,
    };
    const former = { ...step, answerIndex: 7 };
    const { id } = await add(ctx, endpointId, { cascade: [former as never, { ...step, outputIndex: 3 }] });
    expect((await getPrediction(ctx, { id })).cascade).toEqual([
      { ...step, outputIndex: 7 },
      { ...step, outputIndex: 3 },
    ]);
  }),
);

test(
  "returns not found for a prediction of another workspace, a deleted one or one outside the token's endpoints",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const { id } = await add(ctx, endpointId, {});
    expect((await getPrediction(as(ctx, "viewer"), { id })).id).toBe(id);
    const missing = { code: "not-found" };
    await expect(getPrediction(await newWorkspace(ctx.db), { id })).rejects.toMatchObject(missing);
    await expect(getPrediction(ctx, { id: randomUUID() })).rejects.toMatchObject(missing);
    const limited = { ...ctx, actor: { ...ctx.actor, endpoints: ["another"] } };
    await expect(getPrediction(limited, { id })).rejects.toMatchObject({ code: "forbidden" });
  }),
);
