import { expect, test } from "vitest";
import { qualityHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, weekMs } from "#server/base/durations.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { newLateness } from "../../../../testing/fixtures/monitoring/quality/testing.ts";
import { windowStart } from "../../drift/windows/due-windows.ts";
import { setMonitor } from "../../settings/set-monitor.ts";
import { emptyCounts } from "../counts/empty-counts.ts";
import { lagBucket } from "../counts/lag-buckets.ts";
import { getFairnessWeeks } from "./queries.ts";

const thisWeek = windowStart("week", Date.now());

interface Counted {
  endpointId: string;
  versionId: string;
}

/** Stores rows of a group in one hour with the given numbers of correct and incorrect predictions. */
async function count(
  ctx: Context,
  of: Counted,
  { segment, hour, right, wrong }: { segment: string; hour: number; right: number; wrong: number },
) {
  const confusion: [string, string, number][] = [
    ["late", "late", right],
    ["late", "on time", wrong],
  ];
  const lags: [number, number][] = [[lagBucket(60_000), right + wrong]];
  await ctx.db.insert(qualityHours).values({
    workspaceId: ctx.actor.workspaceId,
    ...of,
    arm: "stable",
    segment,
    hour: new Date(hour),
    predictions: right + wrong,
    labelled: right + wrong,
    counts: { ...emptyCounts(), confusion, lags },
  });
}

test(
  "compares segments weekly with intervals, and shows no gap for weeks without two segments of 30",
  inWorkspace(async (ctx) => {
    const of = await newLateness(ctx);
    const { endpointId } = of;
    expect(await getFairnessWeeks(ctx, { endpointId })).toMatchObject({ tags: [] });
    const fairness = { groupBy: ["carrier", "a_b"], metric: "accuracy" as const, maxDifference: 0.1 };
    await setMonitor(ctx, { endpointId, settings: { fairness, maturityMs: hourMs }, reason: "As agreed." });
    const monday = thisWeek - 2 * weekMs;
    await count(ctx, of, { segment: "", hour: monday, right: 1, wrong: 0 });
    await count(ctx, of, { segment: "carrier=UA", hour: monday, right: 50, wrong: 0 });
    await count(ctx, of, { segment: "carrier=UA", hour: monday + 6 * dayMs, right: 45, wrong: 5 });
    await count(ctx, of, { segment: "carrier=DL", hour: monday + dayMs, right: 50, wrong: 50 });
    await count(ctx, of, { segment: "carrier=AA", hour: monday, right: 29, wrong: 0 });
    await count(ctx, of, { segment: "axb=1", hour: monday, right: 40, wrong: 0 });
    await count(ctx, of, { segment: "carrier=UA", hour: thisWeek - weekMs, right: 60, wrong: 0 });
    const found = await getFairnessWeeks(as(ctx, "viewer"), { endpointId, weeks: 3 });
    expect(found).toMatchObject({ metric: "accuracy", maxDifference: 0.1 });
    const [carrier, other] = found.tags;
    expect(carrier?.weeks.map(({ start }) => start.getTime())).toEqual([monday, thisWeek - weekMs, thisWeek]);
    expect(carrier?.weeks[0]).toMatchObject({
      difference: expect.closeTo(0.45, 9),
      isUnfair: true,
      small: 1,
      groups: [
        { name: "DL", rows: 100, value: 0.5 },
        { name: "UA", rows: 100, value: 0.95 },
      ],
    });
    const { low = 0, high = 0 } = carrier?.weeks[0]?.differenceInterval ?? {};
    expect(low).toBeGreaterThan(0.3);
    expect(high).toBeLessThan(0.6);
    expect(carrier?.weeks[1]).toMatchObject({ difference: null, differenceInterval: null, isUnfair: false });
    expect(other?.weeks.every(({ groups }) => groups.length === 0)).toBe(true);
    await expect(getFairnessWeeks(await newWorkspace(ctx.db), { endpointId })).rejects.toMatchObject({
      code: "not-found",
    });
  }),
);
