import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { qualityHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { newLogged, newServed } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { setMonitor } from "../../settings/set-monitor.ts";
import { recountEndpoint } from "./recount-endpoint.ts";

const now = Date.now();

async function kept(ctx: Context, endpointId: string) {
  const rows = await ctx.db.select().from(qualityHours).where(eq(qualityHours.endpointId, endpointId));
  return rows
    .map(({ hour, segment, predictions, labelled, counts, revision }) => {
      const { confusion } = counts as { confusion: [string, string, number][] };
      return { ago: Math.floor((now - hour.getTime()) / hourMs), segment, predictions, labelled, confusion, revision };
    })
    .sort((a, b) => a.ago - b.ago || a.segment.localeCompare(b.segment));
}

test(
  "updates an hour with late labels, and is idempotent",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const base = { endpointId, versionId, at: new Date(now - 5 * hourMs), answer: "7" };
    await newLogged(ctx, { ...base, requestId: "r1" });
    await newLogged(ctx, { ...base, requestId: "r2", label: "7", receivedAt: new Date(now) });
    await newLogged(ctx, { ...base, requestId: "r3", loggedReason: "failed", status: 500 });
    await newLogged(ctx, { ...base, requestId: "r4", loggedReason: "low-confidence" });
    await recountEndpoint(ctx, { endpointId, now });
    const first = { ago: 5, segment: "", predictions: 2, labelled: 1, confusion: [["7", "7", 1]], revision: 0 };
    expect(await kept(ctx, endpointId)).toEqual([first]);
    await recordLabels(ctx, { endpointId, labels: [{ requestId: "r1", label: "1" }] });
    await recordLabels(ctx, { endpointId, labels: [{ requestId: "r2", label: "2" }] });
    const counted = await recountEndpoint(ctx, { endpointId, now: now + 60_000 });
    expect(counted).toContain(Math.floor((now - 5 * hourMs) / hourMs) * hourMs);
    const then = (await kept(ctx, endpointId))[0];
    expect(then).toMatchObject({ predictions: 2, labelled: 2, revision: 1 });
    expect(then?.confusion.toSorted()).toEqual([
      ["1", "7", 1],
      ["2", "7", 1],
    ]);
    await recountEndpoint(ctx, { endpointId, now: now + 120_000 });
    expect(await kept(ctx, endpointId)).toHaveLength(1);
  }),
);

test(
  "counts inputs configured as tags separately, including earlier predictions",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const carrier = (data: string) => [{ name: "carrier", datatype: "BYTES", shape: [1], data: [data] }];
    const base = { endpointId, versionId, at: new Date(now - hourMs), answer: "7", label: "7" };
    await newLogged(ctx, { ...base, inputs: carrier("UA") });
    await newLogged(ctx, { ...base, inputs: carrier("AA") });
    await newLogged(ctx, { ...base, inputs: carrier("AA") });
    await recountEndpoint(ctx, { endpointId, now });
    expect(await kept(ctx, endpointId)).toHaveLength(1);
    await setMonitor(ctx, { endpointId, settings: { fairness: { groupBy: ["carrier"] } }, reason: "by carrier" });
    await recountEndpoint(ctx, { endpointId, now: now + 1000 });
    expect((await kept(ctx, endpointId)).map(({ segment, labelled }) => `${segment} ${labelled}`)).toEqual([
      " 3",
      "carrier=AA 2",
      "carrier=UA 1",
    ]);
  }),
);

test(
  "counts history one day per evaluation, and nothing from before the complete log",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const at = (hours: number) => new Date(now - hours * hourMs);
    for (const hours of [40, 60, 24 * 400]) await newLogged(ctx, { endpointId, versionId, at: at(hours), answer: "1" });
    await recountEndpoint(ctx, { endpointId, now });
    expect((await kept(ctx, endpointId)).map(({ ago }) => ago)).toEqual([40]);
    await recountEndpoint(ctx, { endpointId, now });
    expect((await kept(ctx, endpointId)).map(({ ago }) => ago)).toEqual([40, 60]);
  }),
);
