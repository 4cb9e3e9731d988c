import { and, eq, gt, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { machineHours, servingWindows, usageHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { addWindow } from "#server/testing/fixtures/serving/testing.ts";
import { newServed } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { addGateway } from "../../../testing/fixtures/cost/testing.ts";
import { reachMs } from "./meter-costs.ts";
import { meterMachines } from "./meter-machines.ts";
import { meterUsage } from "./meter-usage.ts";

const hour = Math.floor(Date.now() / hourMs) * hourMs - 3 * hourMs;
type Window = Parameters<typeof addWindow>[1];
const at = (minute: number) => new Date(hour + minute * 60_000);
const span = { from: hour + 1, to: hour + 2 };

async function window(ctx: Context, minute: number, deviceSumMs: number, given: Omit<Window, "windowStart">) {
  await addWindow(ctx, { ...given, windowStart: at(minute) });
  await ctx.db
    .update(servingWindows)
    .set({ deviceSumMs, provider: "cpu" })
    .where(and(eq(servingWindows.endpointId, given.endpointId), eq(servingWindows.windowStart, at(minute))));
}

const usageOf = (ctx: Context, endpointId: string) =>
  ctx.db.select().from(usageHours).where(eq(usageHours.endpointId, endpointId));

test(
  "meters complete hours idempotently, and updates them with late data",
  inWorkspace(async (ctx) => {
    const served = await newServed(ctx);
    await addGateway(ctx, "m1");
    const ids = { endpointId: served.endpointId, versionId: served.versionId, gatewayId: "m1" };
    await window(ctx, 3, 500, { ...ids, latenciesMs: [1, 2, 3], failures: { 500: 1 }, cacheHits: 2, coalesced: 1 });
    await meterUsage(ctx.db, span);
    await meterUsage(ctx.db, span);
    const [first] = await usageOf(ctx, served.endpointId);
    expect(first).toMatchObject({ machine: "m1", requests: 4, answered: 6, cacheHits: 2, computeMs: 500 });
    await window(ctx, 4, 250, { ...ids, latenciesMs: [1] });
    await meterUsage(ctx.db, span);
    const [later] = await usageOf(ctx, served.endpointId);
    expect(later).toMatchObject({ requests: 5, answered: 7, computeMs: 750 });
    const [machine] = await ctx.db.select().from(machineHours).where(eq(machineHours.machine, "m1"));
    expect(machine).toMatchObject({ cores: 2, coreBusyMs: 750, gpuBusyMs: 0, served: 1, minutesUp: 0b11000n });
  }),
);

test(
  "meters processes on a shared machine once, and identifies an unnamed gateway by its id",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    for (const gatewayId of ["a", "b"]) await addGateway(ctx, gatewayId, { name: "shared", cores: 4 });
    for (const gatewayId of ["a", "b", "old-host-0a1b2c3d"]) {
      await addWindow(ctx, { endpointId, versionId, gatewayId, windowStart: at(1), latenciesMs: [1] });
    }
    await meterUsage(ctx.db, span);
    const rows = await usageOf(ctx, endpointId);
    expect(rows.map(({ machine, requests }) => [machine, requests]).sort()).toEqual([
      ["old-host", 1],
      ["shared", 2],
    ]);
    const [shared] = await ctx.db.select().from(machineHours).where(eq(machineHours.machine, "shared"));
    expect(shared).toMatchObject({ cores: 4, minutesUp: 0b10n });
  }),
);

test(
  "meters a request once when its machine changes its name, twice over",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    // A release before this one: its windows name no machine, so the heartbeat does.
    await addGateway(ctx, "renamed", { name: "before" });
    await window(ctx, 3, 500, { endpointId, versionId, gatewayId: "renamed", latenciesMs: Array(100).fill(1) });
    await meterUsage(ctx.db, span);
    for (const name of ["after", "at last"]) {
      await ctx.db.execute(sql`update gateway_heartbeats
        set state = jsonb_set(state, '{machine,name}', ${JSON.stringify(name)}::jsonb) where gateway_id = 'renamed'`);
      await meterUsage(ctx.db, span);
      const rows = await usageOf(ctx, endpointId);
      expect(rows.map(({ machine, requests }) => [machine, requests])).toEqual([[name, 100]]);
    }
    const busy = await ctx.db.select().from(machineHours).where(gt(machineHours.coreBusyMs, 0));
    expect(busy).toMatchObject([{ machine: "at last", coreBusyMs: 500, served: 1 }]);
  }),
);

test(
  "charges the machine that counted a window, whatever its gateway is called now",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    await addGateway(ctx, "moved", { name: "here", cores: 64 });
    for (const [minute, gatewayId] of [
      [3, "moved"],
      [4, "moved~1"],
    ] as const) {
      await addWindow(ctx, {
        endpointId,
        versionId,
        gatewayId,
        windowStart: at(minute),
        latenciesMs: [1],
        machine: minute === 3 ? "there" : "",
      });
    }
    await meterUsage(ctx.db, span);
    const rows = await usageOf(ctx, endpointId);
    expect(rows.map(({ machine, requests }) => [machine, requests]).sort()).toEqual([
      ["here", 1],
      ["there", 1],
    ]);
    const [there] = await ctx.db.select().from(machineHours).where(eq(machineHours.machine, "there"));
    // What the gateway reports now is the hardware of another machine.
    expect(there).toMatchObject({ cores: 0, minutesUp: 0b1000n });
  }),
);

test(
  "meters the runs of cascade steps that left the request to another step",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    await addWindow(ctx, {
      endpointId,
      versionId,
      windowStart: at(3),
      latenciesMs: [1, 2],
      provider: "remote triton",
      cascade: { answered: 2, runs: 9, "low-confidence": 7, escalatedRuns: 7 },
    });
    await meterUsage(ctx.db, span);
    await meterUsage(ctx.db, span);
    expect(await usageOf(ctx, endpointId)).toMatchObject([{ requests: 2, escalatedRuns: 7 }]);
  }),
);

test(
  "meters a machine that serves nothing",
  inWorkspace(async (ctx) => {
    await addGateway(ctx, "lonely", { gpus: 1, gpuKind: "NVIDIA L4", kind: "g6.xlarge" });
    await meterMachines(ctx.db);
    await meterMachines(ctx.db);
    const [machine] = await ctx.db.select().from(machineHours).where(eq(machineHours.machine, "lonely"));
    expect(machine).toMatchObject({ gpus: 1, gpuKind: "NVIDIA L4", kind: "g6.xlarge", served: 0 });
    expect(machine?.minutesUp.toString(2).replaceAll("0", "")).toBe("1");
  }),
);

test("meters two hours in most evaluations, a day in every fifteenth, and the maximum backlog once a day", () => {
  const night = Math.floor(Date.now() / dayMs) * dayMs + 4 * hourMs;
  expect(reachMs(night + 10_000)).toBe(8 * dayMs);
  expect(reachMs(night + 61_000)).toBe(hourMs);
  expect(reachMs(night + 15 * 60_000)).toBe(dayMs);
});
