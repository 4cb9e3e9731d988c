import { expect, test } from "vitest";
import { predictions, qualityHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { serveWithReference } from "../../../testing/fixtures/monitoring/integrity/testing.ts";
import { feature, numericProfile } from "../../../testing/fixtures/monitoring/integrity/upstream/testing.ts";
import { listFindings } from "../findings/queries.ts";
import { emptyCounts } from "../quality/counts/empty-counts.ts";
import { lagBucket } from "../quality/counts/lag-buckets.ts";
import { setMonitor } from "../settings/set-monitor.ts";
import { readLabelWindows } from "./evaluate/read-label-windows.ts";
import { getIntegrity } from "./queries.ts";
import { watchIntegrity } from "./watch-integrity.ts";

const features = [feature("x[0]", numericProfile([1, 2, 3, 4, 5, 6, 7, 8, 9]))];
const now = Date.now();
type Served = { endpointId: string; versionId: string };

async function come(ctx: Context, { endpointId, versionId }: Served, delaysMs: readonly (number | null)[], at: number) {
  await ctx.db.insert(predictions).values(
    delaysMs.map((delay, index) => ({
      id: crypto.randomUUID(),
      workspaceId: ctx.actor.workspaceId,
      endpointId,
      versionId,
      arm: "stable" as const,
      at: new Date(at + index),
      requestId: crypto.randomUUID(),
      status: 200,
      provider: "cpu",
      latencyMs: 0,
      eventAt: delay === null ? null : new Date(at + index - delay),
    })),
  );
}

async function count(ctx: Context, { endpointId, versionId }: Served, hour: number, [soon, late, none]: number[]) {
  const lags: [number, number][] = [
    [lagBucket(60_000), soon ?? 0],
    [lagBucket(3 * hourMs), late ?? 0],
  ];
  const labelled = (soon ?? 0) + (late ?? 0);
  await ctx.db.insert(qualityHours).values({
    workspaceId: ctx.actor.workspaceId,
    endpointId,
    versionId,
    arm: "stable",
    hour: new Date(hour),
    predictions: labelled + (none ?? 0),
    labelled,
    counts: { ...emptyCounts(), lags },
  });
}

test(
  "opens a ticket for late events by the endpoint's limit, and closes it once events are on time",
  inWorkspace(async (ctx) => {
    const served = await serveWithReference(ctx, features);
    const { endpointId } = served;
    await come(
      ctx,
      served,
      Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? 2 * hourMs : 1000)),
      now - 60_000,
    );
    await watchIntegrity(ctx, endpointId, { now }, notifyAfterChange);
    const [found, ...others] = await listFindings(ctx);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: "late events", severity: "ticket" });
    expect(found?.evidence).toMatchObject({ withEventTime: 100, late: 50, outOfOrder: 49 });
    await setMonitor(ctx, {
      endpointId,
      settings: { lateEvents: { afterMs: 3 * hourMs } },
      reason: "Shops post hourly.",
    });
    await watchIntegrity(ctx, endpointId, { now }, notifyAfterChange);
    expect(await listFindings(ctx)).toEqual([]);
    const wrong = { endpointId, settings: { lateEvents: { afterMs: 1 } }, reason: "Too soon." };
    await expect(setMonitor(ctx, wrong)).rejects.toThrow();
  }),
);

test(
  "explains that no client sends event times",
  inWorkspace(async (ctx) => {
    const served = await serveWithReference(ctx, features);
    await come(
      ctx,
      served,
      Array.from({ length: 60 }, () => null),
      now - 60_000,
    );
    const { checks } = await getIntegrity(ctx, { endpointId: served.endpointId });
    expect(checks.find(({ check }) => check === "late events")).toMatchObject({
      state: "unknown",
      rows: 0,
      words:
        "No request reports its event time. Send the leeway-event-at header or the event_at parameter to detect late events.",
    });
  }),
);

test(
  "opens a ticket for an hour with later labels than previous hours, once it is old enough",
  inWorkspace(async (ctx) => {
    const served = await serveWithReference(ctx, features);
    const start = Math.floor(now / hourMs) * hourMs - 2 * hourMs;
    for (let hour = 1; hour <= 12; hour++) await count(ctx, served, start - hour * hourMs, [85 + (hour % 4), 5, 10]);
    await count(ctx, served, start, [20, 0, 80]);
    await count(ctx, served, start - 3 * dayMs, [10, 10, 5]);
    const { withinMs, windows } = await readLabelWindows(ctx, served.endpointId, start + hourMs + 17 * 60_000);
    expect(withinMs).toBeLessThan(70_000);
    expect(windows).toHaveLength(13);
    expect(windows.at(-1)).toEqual({ start, predictions: 100, inTime: 20 });
    expect((await readLabelWindows(ctx, served.endpointId, start + hourMs)).windows).toHaveLength(12);
    await watchIntegrity(ctx, served.endpointId, { now: start + hourMs + 17 * 60_000 }, notifyAfterChange);
    expect(await listFindings(ctx)).toMatchObject([{ kind: "late labels", severity: "ticket" }]);
  }),
);
