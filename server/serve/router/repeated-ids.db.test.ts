import { eq } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { predictions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { archiveEndpoint } from "../../release/endpoints/archive-endpoint.ts";
import { deployVersion } from "../../release/endpoints/deploy-version.ts";
import { newTestGateway } from "../../testing/fixtures/serving/router/testing.ts";
import { newVersion } from "../../testing/fixtures/serving/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { recordLabels } from "../labels/record-labels.ts";
import { listPredictions } from "../predictions/queries.ts";
import { readInferRequest } from "../protocol/infer-request.ts";

const { db } = await freshDatabase();

/** Starts a gateway whose clients send the same id with each request. */
async function serving(captureShare: number) {
  const ctx = await newWorkspace(db);
  const gateway = newTestGateway(db);
  onTestFinished(() => gateway.close());
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits", captureShare });
  onTestFinished(async () => void (await archiveEndpoint(ctx, { endpointId })));
  await newVersion(ctx, {}, gateway.models);
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  await gateway.core.start();
  await vi.waitFor(() => expect(gateway.core.unreadyReason).toBeUndefined());
  const infer = async ({ id = "same", values = [1, 2, 3, 4] } = {}) => {
    const attempt = gateway.core.startRequest(ctx, "digits", undefined, undefined);
    const inputs = [{ name: "x", shape: [1, 4], datatype: "FP32", data: values }];
    try {
      await attempt.run(readInferRequest(Buffer.from(JSON.stringify({ id, inputs })), Buffer.alloc(0)), () => false);
      await attempt.settle({ status: 200, reason: "" });
    } catch {
      await attempt.settle({ status: 400, reason: "invalid" });
    }
    return attempt.lease.label;
  };
  return { ctx, core: gateway.core, endpointId, infer };
}

test("labels one prediction by an id that many requests have, and any of them by the id that was returned", async () => {
  const { ctx, core, endpointId, infer } = await serving(1);
  const returned: string[] = [];
  for (let index = 0; index < 20; index += 1) returned.push(await infer());
  expect(returned[0]).toBe("same");
  expect(new Set(returned).size).toBe(20);
  await core.flush();
  const labels = [
    { requestId: "same", label: "1" },
    { requestId: returned[7] as string, label: "2" },
  ];
  expect(await recordLabels(ctx, { endpointId, labels })).toMatchObject({ recorded: 2, unknown: 0 });
  const logged = (await listPredictions(ctx, { endpointId })).predictions;
  expect(logged).toHaveLength(20);
  expect(logged.flatMap(({ label }) => label ?? []).sort()).toEqual(["1", "2"]);
});

test("keeps the id of the client for a retry after a failure", async () => {
  const { infer } = await serving(0);
  expect(await infer({ id: "a", values: [1] })).toBe("a");
  expect(await infer({ id: "a" })).toBe("a");
  expect(await infer({ id: "a" })).not.toBe("a");
});

test("samples requests independently, whatever ids they have", async () => {
  const { core, endpointId, infer } = await serving(0.5);
  for (let index = 0; index < 60; index += 1) await infer();
  await core.flush();
  const logged = await db.select().from(predictions).where(eq(predictions.endpointId, endpointId));
  // All or none of them if the id of the client decided; otherwise outside of this once in a million times.
  expect(logged.length).toBeGreaterThan(10);
  expect(logged.length).toBeLessThan(50);
});
