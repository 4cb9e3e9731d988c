import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { predictionLabels, predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { archiveEndpoint } from "../../release/endpoints/archive-endpoint.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { listPredictions } from "../predictions/queries.ts";
import { getLabelCounts } from "./label-queries.ts";
import { recordLabels } from "./record-labels.ts";

const label = (requestId: string, value: string, observedAt?: Date) => ({
  requestId,
  label: value,
  ...(observedAt && { observedAt }),
});
const none = { added: 0, unchanged: 0, replaced: 0, unknown: 0 };

/** Inserts a request into the log. */
async function logged(ctx: Context, endpointId: string, requestId: string, prediction: string | null = null) {
  const { workspaceId } = ctx.actor;
  const ids = { id: randomUUID(), workspaceId, endpointId, versionId: randomUUID(), requestId };
  const rest = {
    arm: "stable" as const,
    at: new Date(),
    status: 200,
    provider: "cpu",
    latencyMs: 3,
    answer: prediction,
  };
  await ctx.db.insert(predictions).values({ ...ids, ...rest });
}

test(
  "ignores the same label, replaces it with another one, and counts both",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    await logged(ctx, endpointId, "r1", "7");
    const first = new Date("2026-03-01T00:00:00Z");
    const send = (value: string, observedAt?: Date) =>
      recordLabels(ctx, { endpointId, labels: [label("r1", value, observedAt)] });
    expect(await send("1", first)).toEqual({ ...none, recorded: 1, added: 1 });
    expect(await send("1", new Date("2026-04-01T00:00:00Z"))).toEqual({ ...none, recorded: 1, unchanged: 1 });
    const one = async () => (await listPredictions(ctx, { endpointId })).predictions[0];
    expect(await one()).toMatchObject({ label: "1", labelObservedAt: first, isCorrect: false });
    expect(await send("7")).toEqual({ ...none, recorded: 1, replaced: 1 });
    expect(await one()).toMatchObject({ label: "7", isCorrect: true });
    expect(await getLabelCounts(ctx, { endpointId })).toEqual({ labels: 1, replaced: 1, unknown: 0, chosen: 0 });
  }),
);

test(
  "counts a label before its request as unknown, stores it, and matches it when the request arrives",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    expect(await recordLabels(ctx, { endpointId, labels: [label("early", "2")] })).toEqual({
      ...none,
      recorded: 1,
      added: 1,
      unknown: 1,
    });
    expect(await getLabelCounts(ctx, { endpointId })).toEqual({ labels: 1, replaced: 0, unknown: 1, chosen: 0 });
    await logged(ctx, endpointId, "early", "2");
    expect(await getLabelCounts(ctx, { endpointId })).toEqual({ labels: 1, replaced: 0, unknown: 0, chosen: 0 });
    expect((await listPredictions(ctx, { endpointId })).predictions).toMatchObject([{ label: "2", isCorrect: true }]);
  }),
);

test(
  "counts a repeated request in one call once, by its last label",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const labels = [label("r1", "1"), label("r2", "2"), label("r1", "3")];
    expect(await recordLabels(ctx, { endpointId, labels })).toEqual({ ...none, recorded: 2, added: 2, unknown: 2 });
    const rows = await ctx.db.select().from(predictionLabels).where(eq(predictionLabels.endpointId, endpointId));
    expect(rows.map((row) => `${row.requestId} ${row.label}`).sort()).toEqual(["r1 3", "r2 2"]);
  }),
);

test(
  "applies a label to every record of its request, such as a retry, but to no other endpoint",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const { id: otherId } = await createEndpoint(ctx, { name: "letters" });
    for (const id of [endpointId, endpointId, otherId]) await logged(ctx, id, "r1", "1");
    expect(await recordLabels(ctx, { endpointId, labels: [label("r1", "1")] })).toMatchObject({ unknown: 0 });
    expect((await listPredictions(ctx, { endpointId })).predictions.map((row) => row.isCorrect)).toEqual([true, true]);
    expect((await listPredictions(ctx, { endpointId: otherId })).predictions).toMatchObject([{ label: null }]);
  }),
);

test(
  "allows viewers to count but not to report labels, and rejects an archived endpoint",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const input = { endpointId, labels: [label("r1", "1")] };
    await expect(recordLabels(as(ctx, "viewer"), input)).rejects.toMatchObject({ code: "forbidden" });
    expect((await getLabelCounts(as(ctx, "viewer"), { endpointId })).labels).toBe(0);
    await archiveEndpoint(ctx, { endpointId });
    await expect(recordLabels(ctx, input)).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "neither counts nor records labels of another workspace's endpoint",
  inWorkspace(async (ctx) => {
    const other = await newWorkspace(ctx.db);
    const { id: endpointId } = await createEndpoint(other, { name: "digits" });
    await recordLabels(other, { endpointId, labels: [label("r1", "1")] });
    expect(await getLabelCounts(ctx, { endpointId })).toEqual({ labels: 0, replaced: 0, unknown: 0, chosen: 0 });
    await expect(recordLabels(ctx, { endpointId, labels: [label("r1", "2")] })).rejects.toMatchObject({
      code: "not-found",
    });
  }),
);
