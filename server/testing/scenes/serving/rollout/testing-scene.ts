import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, onTestFinished, vi } from "vitest";
import type { Database } from "#db/client.ts";
import { rolloutCounts, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { mlpModel } from "#server/testing/scenes/registry/onnx/fixture-models.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { archiveEndpoint } from "../../../../release/endpoints/archive-endpoint.ts";
import { deployVersion } from "../../../../release/endpoints/deploy-version.ts";
import { createEndpoint } from "../../../../serve/endpoints/create-endpoint.ts";
import { readInferRequest } from "../../../../serve/protocol/infer-request.ts";
import { newTestGateway, type TestGateway } from "../router/testing.ts";
import { newVersion } from "../testing.ts";
import { newRollout } from "./testing.ts";

export interface RolloutScene {
  ctx: Context;
  gateway: TestGateway;
  endpointId: string;
  rolloutId: string;
  canaryVersionId: string;
}

/** As long as a test may take: a machine that is busy makes it late, not wrong. */
export const waiting = { timeout: 80_000, interval: 20 };

type Version = NonNullable<Parameters<typeof newVersion>[1]>;

/** A gateway with an endpoint "digits" whose version 1 serves while version 2 is rolled out. */
export async function openRollout(
  db: Database,
  rollout: Partial<Parameters<typeof newRollout>[1]> = {},
  [stable, canary]: [Version, Version] = [{}, { bytes: mlpModel([4, 8, 3]) }],
): Promise<RolloutScene> {
  const ctx = await newWorkspace(db);
  const gateway = newTestGateway(db);
  onTestFinished(() => gateway.close());
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits", captureShare: 1 });
  onTestFinished(() => letGo(db, ctx, endpointId));
  await newVersion(ctx, stable, gateway.models);
  const { id: canaryVersionId } = await newVersion(ctx, { ...canary, version: 2 }, gateway.models);
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  const { id: rolloutId } = await newRollout(ctx, { endpointId, canaryVersionId, ...rollout });
  await gateway.core.start();
  await vi.waitFor(() => {
    expect(gateway.core.unreadyReason).toBeUndefined();
    expect(servedBy(gateway, ctx)?.other?.state).toBe("ready");
  }, waiting);
  return { ctx, gateway, endpointId, rolloutId, canaryVersionId };
}

/** Else every later gateway of the file would load its versions, and try again what failed. */
export async function letGo(db: Database, ctx: Context, endpointId: string): Promise<void> {
  await db.delete(rollouts).where(eq(rollouts.endpointId, endpointId));
  await archiveEndpoint(ctx, { endpointId });
}

export const servedBy = ({ core }: TestGateway, ctx: Context) => core.table.find(ctx.actor.workspaceId, "digits");

interface Ask {
  headers?: Record<string, string>;
  id?: string;
  values?: number[];
  /** Of the model or its pipeline; all of the model when left out. */
  outputs?: { name: string }[];
}

/** One request for "digits" as the transport makes it. */
export async function infer({ core }: TestGateway, ctx: Context, ask: Ask = {}) {
  const { headers = {}, id, values = [1, 2, 3, 4], outputs } = ask;
  const arrival = { headers, elapsedMs: 0, route: "" };
  const attempt = core.begin(ctx, "digits", undefined, randomUUID(), arrival);
  const inputs = [{ name: "x", shape: [1, 4], datatype: "FP32", data: values }];
  const request = readInferRequest(Buffer.from(JSON.stringify({ inputs, id, outputs })), Buffer.alloc(0));
  try {
    await attempt.run(request, () => false);
    await attempt.settle({ status: 200, reason: "" });
  } catch {
    await attempt.settle({ status: 500, reason: "model" });
  }
  const { modelVersion, arm, requestId } = attempt;
  return { modelVersion, arm, requestId };
}

export const times = (count: number) => Array.from({ length: count }, (_, at) => at);

/** "units/events" by metric and arm of all that has come and ended. */
export async function counted({ ctx, gateway, rolloutId }: RolloutScene): Promise<Record<string, string>> {
  const { evidence } = gateway.core;
  const rollout = servedBy(gateway, ctx)?.route.rollout;
  // As at the moment when the last of them is old enough: no clock of a busy machine decides what is counted.
  if (rollout) evidence.of(ctx.actor.workspaceId, rollout).advance(performance.now() + rollout.outcomeAgeMs);
  // The first may have begun before.
  await evidence.flush();
  await evidence.flush();
  const rows = await ctx.db.select().from(rolloutCounts).where(eq(rolloutCounts.rolloutId, rolloutId));
  return Object.fromEntries(
    rows.map(({ metric, arm, bin, units, events }) => [
      `${metric} ${arm}${bin ? ` ${bin}` : ""}`,
      `${units}/${events}`,
    ]),
  );
}
