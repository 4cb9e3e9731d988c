import { expect, test } from "vitest";
import { featureMinutes } from "#db/schema/index.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { ageBucketOf } from "#server/stats/age-histogram.ts";
import { newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { proposeViewLimit } from "./propose-view-limit.ts";

const now = Math.floor(Date.now() / minuteMs) * minuteMs;

test(
  "proposes the lag of the newest event for the view, and the age of each row for its look-ups",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const { id: viewId } = await newDriverStats(ctx);
    const { id: endpointId } = await createEndpoint(ctx, { name: "eta" });
    const bucket = (ageMs: number, rows: number) => ({ [ageBucketOf(ageMs)]: rows });
    // Some key is written every second, each one once a day; a first load brought rows of three months ago.
    const minutes = Array.from({ length: 100 }, (_, back) => {
      const at = now - (back + 1) * minuteMs;
      const row = { workspaceId, viewId, minute: new Date(at) };
      return [
        {
          ...row,
          countedBy: "worker",
          newestEventAt: (at + minuteMs - 1_500) * 1000,
          ages: { atLookUp: {}, toArrival: bucket(90 * dayMs, 50) },
        },
        {
          ...row,
          countedBy: "g1",
          lookUps: 10,
          found: 10,
          ages: { atLookUp: { ...bucket(2 * hourMs, 5), ...bucket(20 * hourMs, 5) }, toArrival: {} },
        },
        {
          ...row,
          countedBy: "g1",
          consumer: endpointId,
          lookUps: 10,
          found: 10,
          ages: { atLookUp: bucket(minuteMs, 10), toArrival: {} },
        },
      ];
    });
    await ctx.db.insert(featureMinutes).values(minutes.flat());
    expect(await proposeViewLimit(ctx, { viewId })).toEqual({
      indicator: "view-lag",
      counted: 100,
      p99Ms: 1_500,
      limitMs: 2_000,
    });
    const age = await proposeViewLimit(ctx, { viewId, indicator: "feature-freshness" });
    expect(age).toMatchObject({ counted: 2000, limitMs: dayMs });
    const ofEndpoint = await proposeViewLimit(ctx, { viewId, indicator: "feature-freshness", endpointId });
    expect(ofEndpoint).toMatchObject({ counted: 1000, limitMs: 2 * minuteMs });
    const outsider = await createEndpoint(ctx, { name: "other" });
    expect(
      await proposeViewLimit(ctx, { viewId, indicator: "feature-freshness", endpointId: outsider.id }),
    ).toMatchObject({ counted: 0, p99Ms: null, limitMs: null });
  }),
);
