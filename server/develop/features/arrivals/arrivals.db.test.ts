import { expect, test } from "vitest";
import { featureUses } from "#db/schema/index.ts";
import { driverRows, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { parseTime } from "../values/parse-time.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { listNewestArrivals, listViewFreshness } from "./queries.ts";

test(
  "lists what arrived, the newest event, and who uses the view",
  inWorkspace(async (ctx) => {
    const view = await newDriverStats(ctx);
    const none = { view: "driver_stats", arrivedAt: null, eventAt: null, ageUs: null, users: [] };
    expect(await listViewFreshness(ctx)).toEqual([none]);
    const rows: [number, string, number][] = [
      [1, "2026-03-01T12:00:00Z", 5],
      [2, "2026-03-01T11:00:00Z", 6],
    ];
    await writeFeatures(ctx, { view: "driver_stats", columns: driverRows(rows), origin: "push" });
    await writeFeatures(ctx, { view: "driver_stats", columns: driverRows([[1, "2026-03-01T10:00:00Z", 7]]) });
    const { workspaceId } = ctx.actor;
    const use = { workspaceId, viewId: view.id, version: 1, userId: "x", features: [] };
    await ctx.db.insert(featureUses).values([
      { ...use, userKind: "endpoint", userName: "eta" },
      { ...use, userKind: "run", userName: "a run" },
    ]);
    const [fresh] = await listViewFreshness(ctx);
    expect(fresh).toMatchObject({
      eventAt: Number(parseTime("2026-03-01T12:00:00Z")),
      users: [{ kind: "endpoint", name: "eta" }],
    });
    expect(fresh?.ageUs).toBeGreaterThan(0);
    const arrivals = await listNewestArrivals(ctx, "driver_stats");
    expect(arrivals.map(({ keys, isNewest, origin }) => ({ keys, isNewest, origin }))).toEqual([
      { keys: [1n], isNewest: false, origin: "rows" },
      { keys: [2n], isNewest: true, origin: "push" },
      { keys: [1n], isNewest: true, origin: "push" },
    ]);
    expect(arrivals[0]?.values).toEqual([
      { name: "conv_rate", type: "float32", value: 0.5 },
      { name: "acc_rate", type: "float32", value: 0.25 },
      { name: "avg_daily_trips", type: "int64", value: 7n },
    ]);
    expect(await listViewFreshness(await newWorkspace(ctx.db))).toEqual([]);
  }),
);
