import { expect, test } from "vitest";
import { featureFiles, featureMarks, featureUses } from "#db/schema/index.ts";
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

test(
  "takes the newest event from what look-ups find, before and after it is counted",
  inWorkspace(async (ctx) => {
    const { id: viewId } = await newDriverStats(ctx);
    const write = (at: string, isHistoryOnly = false) =>
      writeFeatures(ctx, { view: "driver_stats", columns: driverRows([[1, at, 5]]), isHistoryOnly });
    const newest = async () => (await listViewFreshness(ctx))[0]?.eventAt;
    const [first, later, last] = ["2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z", "2026-03-01T14:00:00Z"];
    await write(first);
    await write(last, true);
    expect(await newest()).toBe(Number(parseTime(first)));
    const { workspaceId } = ctx.actor;
    const newestEventAt = Number(parseTime(later));
    await ctx.db.insert(featureMarks).values({ viewId, workspaceId, minute: new Date(), newestEventAt });
    const file = { workspaceId, viewId, version: 1, artifactKey: "x", sizeBytes: 1, sha256: "", rows: 1 };
    const key = Buffer.from([1]);
    const times = { minEventAt: 0, maxEventAt: Number(parseTime(last)), minArrivedAt: 0, maxArrivedAt: 1 };
    await ctx.db.insert(featureFiles).values({ ...file, ...times, minKey: key, maxKey: key });
    expect(await newest()).toBe(newestEventAt);
  }),
);
