import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { servingWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { dispersionOf } from "#server/stats/sequential/dispersion.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { readBursts } from "./freeze-bursts.ts";

const versionId = "5d5f5e1c-4f4c-4b6e-9a4f-0c8f7d4f7a11";
const from = Math.floor(Date.now() / 3_600_000 - 2) * 3_600_000;

/** Adds forty minutes of windows of one gateway; `errorsOf` gives the errors of 100 requests. */
async function addWindows(ctx: Context, endpointId: string, gatewayId: string, errorsOf: (minute: number) => number) {
  const rows = Array.from({ length: 240 }, (_, window) => ({
    workspaceId: ctx.actor.workspaceId,
    endpointId,
    versionId,
    arm: "stable" as const,
    gatewayId,
    windowStart: new Date(from + window * 10_000),
    requests: 100,
    rows: 100,
    failures: { 500: errorsOf(Math.floor(window / 6)), 422: 1 },
    latencySumMs: 1000,
    queueSumMs: 0,
    computeSumMs: 100,
    latencyBuckets: { 0: 90, 400: 10 },
  }));
  await ctx.db.insert(servingWindows).values(rows);
}

test(
  "measures bursts of minutes and how gateways differ from the windows of one workspace",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    // Every fourth minute is bad, and the second gateway has twice as many errors.
    await addWindows(ctx, endpointId, "a", (minute) => (minute % 4 === 0 ? 12 : 1));
    await addWindows(ctx, endpointId, "b", (minute) => (minute % 4 === 0 ? 24 : 2));
    const where = sql`endpoint_id = ${endpointId}`;
    const bursts = await readBursts(ctx, where, 100);
    const errors = bursts.errors;
    expect(errors).toMatchObject({ gateways: 2, minutes: { blocks: 39, pairs: 39 }, short: { blocks: 239 } });
    expect(errors?.gatewayDeviation).toBeGreaterThan(0.2);
    const { rho, unitsPerMinute } = dispersionOf(errors as NonNullable<typeof errors>);
    expect(unitsPerMinute).toBeCloseTo(1200, 6);
    expect(rho).toBeGreaterThan(0.01);
    expect(dispersionOf(bursts["client-errors"] as NonNullable<typeof errors>).rho).toBe(0);
    expect(bursts.slow?.minutes.pairs).toBe(39);
    expect(bursts.slow?.gatewayDeviation).toBe(0);
    const other = await newWorkspace(ctx.db);
    expect((await readBursts(other, where, 100)).errors).toMatchObject({ gateways: 0, minutes: { blocks: 0 } });
  }),
);

test(
  "takes bursts of slow responses from the times of the version itself where nearly all of them are logged",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    await addWindows(ctx, endpointId, "a", () => 0);
    const where = sql`endpoint_id = ${endpointId}`;
    // Every third minute is slow by the version's own time, while a tenth of the complete requests is slow in every window.
    const own = Array.from({ length: 240 }, (_, window) => ({
      at: from / 10_000 + window,
      units: 95,
      events: Math.floor(window / 6) % 3 === 0 ? 30 : 0,
    }));
    const rhoOf = async (given: typeof own) => {
      const { slow } = await readBursts(ctx, where, 100, given);
      return dispersionOf(slow as NonNullable<typeof slow>).rho;
    };
    expect(await rhoOf(own)).toBeGreaterThan(0.02);
    expect(await rhoOf([])).toBe(0);
    expect(await rhoOf(own.map(({ at, units, events }) => ({ at, units: units / 2, events: events / 2 })))).toBe(0);
  }),
);
