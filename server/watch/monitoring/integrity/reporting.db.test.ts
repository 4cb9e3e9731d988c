import { expect, test } from "vitest";
import { gatewayHeartbeats } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs, weekMs } from "#server/base/durations.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { findReporting } from "#server/serve/gateways/find-reporting.ts";
import { addWindow } from "#server/testing/fixtures/serving/testing.ts";
import { newServed } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { listFindings } from "../findings/queries.ts";
import { watchIntegrity } from "./watch-integrity.ts";

// The middle of an hour, so that the last minutes are in it.
const now = Math.floor(Date.now() / hourMs) * hourMs - hourMs / 2;
type Served = { endpointId: string; versionId: string };

/** Adds 400 requests in this hour of the last three weeks, and none since. */
async function stoppedTraffic(ctx: Context): Promise<Served> {
  const { endpointId, versionId } = await newServed(ctx);
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  const hour = Math.floor(now / hourMs) * hourMs;
  for (const weeks of [1, 2, 3]) {
    const windowStart = new Date(hour - weeks * weekMs);
    await addWindow(ctx, { endpointId, versionId, windowStart, latenciesMs: Array(400).fill(1) });
  }
  return { endpointId, versionId };
}

async function beat(ctx: Context, gatewayId: string, served: Served, agoMs: number, state: object = {}) {
  const versions = [{ endpointId: served.endpointId, versionId: served.versionId, state: "ready", isServing: true }];
  const at = new Date(now - agoMs);
  const values = {
    startedAt: at,
    seenAt: at,
    address: "",
    state: { isDraining: false, versions, ...state } as never,
  };
  await ctx.db
    .insert(gatewayHeartbeats)
    .values({ gatewayId, ...values })
    .onConflictDoUpdate({ target: gatewayHeartbeats.gatewayId, set: values });
}

const pages = async (ctx: Context, { endpointId }: Served) => {
  await watchIntegrity(ctx, endpointId, { now }, notifyAfterChange);
  return (await listFindings(ctx)).map(({ kind, severity }) => `${severity} ${kind}`);
};

test(
  "pages for stopped traffic while all gateways report",
  inWorkspace(async (ctx) => {
    const served = await stoppedTraffic(ctx);
    await beat(ctx, "g1", served, 5000);
    expect(await pages(ctx, served)).toEqual(["page no traffic"]);
  }),
);

test.each([
  ["its only gateway does not reach Postgres", { g1: [2 * minuteMs, {}] }],
  ["one of its gateways does not", { g1: [5000, {}], g2: [2 * minuteMs, {}] }],
  ["a gateway beats and cannot store its counts", { g1: [5000, { behindSeconds: 90 }] }],
] as const)("pages for no traffic only once it is known: %s", (_, gateways) =>
  inWorkspace(async (ctx) => {
    const served = await stoppedTraffic(ctx);
    for (const [id, [agoMs, state]] of Object.entries(gateways)) await beat(ctx, id, served, agoMs, state);
    expect(await pages(ctx, served)).toEqual([]);
  })(),
);

test(
  "pages despite a gateway that drained, that ended an hour ago, or that serves other endpoints",
  inWorkspace(async (ctx) => {
    const served = await stoppedTraffic(ctx);
    const other = await newServed(ctx, "other");
    await beat(ctx, "g1", served, 5000);
    await beat(ctx, "g2", served, 2 * minuteMs, { isDraining: true });
    await beat(ctx, "g3", served, hourMs + 1000);
    await beat(ctx, "g4", other, 2 * minuteMs);
    expect(await findReporting(ctx.db, served.endpointId, now)).toBe("all");
    expect(await pages(ctx, served)).toEqual(["page no traffic"]);
  }),
);

test(
  "leaves a page open while gateways do not report, and closes it once they report traffic",
  inWorkspace(async (ctx) => {
    const served = await stoppedTraffic(ctx);
    await beat(ctx, "g1", served, 5000);
    expect(await pages(ctx, served)).toEqual(["page no traffic"]);
    await beat(ctx, "g1", served, 2 * minuteMs);
    expect(await pages(ctx, served)).toEqual(["page no traffic"]);
    await beat(ctx, "g1", served, 5000);
    await addWindow(ctx, { ...served, windowStart: new Date(now - minuteMs), latenciesMs: [1] });
    expect(await pages(ctx, served)).toEqual([]);
  }),
);
