import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alerts, featureMinutes } from "#db/schema/index.ts";
import { openEnd } from "#server/alerting/alerts/own-alerts.ts";
import { minuteMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { createSlo } from "../objectives/create-slo.ts";
import { getSlo } from "../objectives/queries.ts";
import { replaySlo } from "../replay/replay-slo.ts";
import { countSeries, dueSeries } from "../rollup/count-series.ts";
import { SeriesMemory } from "../rollup/series-memory.ts";
import { evaluateSlo } from "./evaluate-slo.ts";

const period = { kind: "rolling" as const, days: 30 };

test(
  "a stopped source raises its SLO's alert in the stated time, and the alert ends when rows arrive again",
  inWorkspace(async (ctx) => {
    const { id: viewId } = await newDriverStats(ctx);
    const { workspaceId } = ctx.actor;
    const stop = Math.floor(Date.now() / minuteMs) * minuteMs - 120 * minuteMs;
    const indicator = { kind: "view-lag" as const, viewId, endpointId: null, atMostMs: 10 * minuteMs };
    const { id } = await createSlo(ctx, { name: "driver-lag", definition: { target: 0.99, period, indicator } });
    expect(await getSlo(ctx, { slo: id })).toMatchObject({ service: "driver_stats", endpoint: null, kind: "view-lag" });
    const addMinutes = (from: number, to: number, newest: (minute: number) => number) =>
      ctx.db.insert(featureMinutes).values(
        Array.from({ length: to - from }, (_, index) => ({
          workspaceId,
          viewId,
          minute: new Date(stop + (from + index) * minuteMs),
          countedBy: "worker",
          newestEventAt: (stop + newest(from + index) * minuteMs) * 1000,
        })),
      );
    const memory = new SeriesMemory();
    const alertAt = async (minute: number) => {
      // The worker has just closed the minute before.
      const now = stop + minute * minuteMs + 5_000;
      await countSeries(ctx.db, await dueSeries(ctx.db, now), now);
      await evaluateSlo(ctx, id, { memory, now, afterChange: notifyAfterChange });
      return ctx.db.select().from(alerts).where(eq(alerts.workspaceId, workspaceId));
    };
    // Until the stop, each minute's event has arrived when it ends.
    await addMinutes(-600, 0, (minute) => minute + 1);
    await addMinutes(0, 18, () => 0);
    // The limit of 10 minutes and 9 bad ones of the last hour: docs/spec/slo.md section 6.1.
    expect(await alertAt(18)).toEqual([]);
    await addMinutes(18, 19, () => 0);
    const [page] = await alertAt(19);
    expect(page).toMatchObject({
      severity: "page",
      endsAt: openEnd,
      ruleKey: `slo:${id}`,
      labels: { alertname: "SLOBurn", service: "driver_stats" },
    });
    expect(page?.annotations.summary).toBe("driver_stats: newest event too old in 100% of minutes");
    await addMinutes(19, 40, () => 0);
    await addMinutes(40, 75, (minute) => minute + 1);
    // The slower rule looks back 30 minutes.
    const after = await alertAt(72);
    expect(after.find(({ severity }) => severity === "page")?.endsAt.getTime()).toBe(stop + 72 * minuteMs + 5_000);
    const { report } = await replaySlo(ctx, { slo: id, days: 1 });
    expect(report.pages).toHaveLength(1);
    expect(report.minutes).toBe(675);
  }),
);

test(
  "names the field of a view that is not there, and of an SLO that is about nothing",
  inWorkspace(async (ctx) => {
    const create = (indicator: object) =>
      createSlo(ctx, { name: "a-slo", definition: { target: 0.99, period, indicator: indicator as never } });
    const freshness = { kind: "feature-freshness", atMostMs: 1_000 };
    await expect(create(freshness)).rejects.toMatchObject({ code: "invalid", field: "definition.indicator.viewId" });
    await expect(create({ ...freshness, viewId: crypto.randomUUID() })).rejects.toMatchObject({
      code: "not-found",
      field: "definition.indicator.viewId",
    });
  }),
);
