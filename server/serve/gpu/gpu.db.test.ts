import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { gpuWindows, servingWindows } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { getEndpointSeries } from "../series/queries.ts";
import { storeGpuWindows } from "./store-gpu-windows.ts";

const { db } = await freshDatabase();
const start = 1_700_000_040_000;
const at = (seconds: number) => new Date(start + seconds * 1000);
const reading = (gpu: string, seconds: number, utilisation: number | null) => ({
  gpu,
  name: "H100",
  windowStart: start + seconds * 1000,
  readings: 2,
  memoryTotalBytes: 80e9,
  utilisationSum: utilisation === null ? null : 2 * utilisation,
  memoryUsedSum: 2 * 10e9,
});

async function served(ctx: Context, gatewayId: string, seconds: readonly number[]): Promise<string> {
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
  await db.insert(servingWindows).values(
    seconds.map((second) => ({
      workspaceId: ctx.actor.workspaceId,
      endpointId,
      versionId: randomUUID(),
      arm: "stable" as const,
      gatewayId,
      provider: "cuda",
      windowStart: at(second),
      requests: 1,
      rows: 1,
      failures: {},
      latencyBuckets: {},
      latencySumMs: 0,
      queueSumMs: 0,
      computeSumMs: 0,
    })),
  );
  return endpointId;
}
const gpusOf = async (ctx: Context, endpointId: string) =>
  (await getEndpointSeries(ctx, { endpointId, from: at(0), to: at(60), stepSeconds: 20 })).gpus;

test("averages the GPUs of gateways while they served the endpoint, and omits missing readings", async () => {
  const [ctx, other] = [await newWorkspace(db), await newWorkspace(db)];
  const endpointId = await served(ctx, "mine", [0, 10, 20]);
  const otherId = await served(other, "theirs", [0]);
  await storeGpuWindows(db, "mine", [reading("GPU-a", 0, 0.2), reading("GPU-a", 10, 0.4), reading("GPU-a", 20, null)]);
  // After the gateway has left the endpoint.
  await storeGpuWindows(db, "mine", [reading("GPU-a", 50, 1)]);
  await storeGpuWindows(db, "theirs", [reading("GPU-b", 0, 1)]);
  const [gpu, ...more] = await gpusOf(ctx, endpointId);
  expect(more).toEqual([]);
  expect(gpu).toMatchObject({ gpu: "GPU-a", name: "H100", memoryTotalBytes: 80e9 });
  expect(gpu?.points).toEqual([
    { at: at(0), utilisation: expect.closeTo(0.3), memoryUsedBytes: 10e9 },
    { at: at(20), utilisation: null, memoryUsedBytes: 10e9 },
  ]);
  expect((await gpusOf(other, otherId)).map((one) => one.gpu)).toEqual(["GPU-b"]);
  expect(await gpusOf(other, endpointId)).toEqual([]);
});

test("replaces a window that is stored again, without duplicates", async () => {
  await storeGpuWindows(db, "again", [reading("GPU-again", 0, 0.5)]);
  await storeGpuWindows(db, "again", [{ ...reading("GPU-again", 0, 0.5), readings: 3, utilisationSum: 1.5 }]);
  const rows = (await db.select().from(gpuWindows)).filter(({ gpu }) => gpu === "GPU-again");
  expect(rows).toMatchObject([{ readings: 3, utilisationSum: 1.5, memoryUsedSum: 20e9 }]);
});
