import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alerts, driftWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { seededRandom } from "#server/stats/random.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { levels, normals, profiled } from "../../../testing/fixtures/monitoring/drift/testing.ts";
import { countRows, newWatched, type Watched } from "../../../testing/fixtures/monitoring/testing.ts";
import { MonitorSettings } from "../contract.ts";
import { markExpected } from "../expected/mark-expected.ts";
import { listFindings } from "../findings/queries.ts";
import { watchEndpoint } from "./drift-watcher.ts";
import { getDrift } from "./report/get-drift.ts";
import { getDriftHistory } from "./report/get-drift-history.ts";
import { getFeatureDrift } from "./report/get-feature-drift.ts";
import { listDrift } from "./report/list-drift.ts";
import { OrdinaryHistory } from "./windows/ordinary-history.ts";

const settings = MonitorSettings.parse({ lengths: ["hour"] });
const now = Math.floor(Date.now() / hourMs) * hourMs + 5 * 60_000;
const thisHour = now - 5 * 60_000;

function rows(seed: number, count: number, { age = 0 } = {}) {
  const random = seededRandom(seed);
  return {
    age: normals(random, count, { mean: age }),
    city: levels(random, count, ["Turku", "Oulu"]),
    score: normals(random, count),
  };
}

const features = profiled(rows(1, 10_000), ["score"]);
const fixture = (ctx: Context, name?: string) =>
  newWatched(ctx, { ...(name && { name }), features, rows: 10_000, importances: { age: 0.7, city: 0.3 } });

/** Creates traffic for a number of hours up to the current one, the last of which drift. */
async function traffic(ctx: Context, watched: Watched, { hours = 6, drifting = 0, seed = 100 } = {}) {
  for (let back = hours; back >= 1; back -= 1) {
    const columns = rows(seed + back, 600, { age: back <= drifting ? 1 : 0 });
    await countRows(ctx, watched, thisHour - back * hourMs + 60_000, columns);
  }
}

const watch = (ctx: Context, { endpointId }: Watched, more: object = {}) =>
  watchEndpoint(ctx, {
    endpointId,
    settings,
    history: new OrdinaryHistory(),
    afterChange: notifyAfterChange,
    now,
    ...more,
  });

test(
  "evaluates a window again once more of its rows have arrived, and one whose rows all arrive later",
  inWorkspace(async (ctx) => {
    const watched = await fixture(ctx);
    await traffic(ctx, watched, { hours: 3 });
    expect((await watch(ctx, watched)).evaluatedCount).toBe(3);
    const [last, before] = [thisHour - hourMs, thisHour - 5 * hourMs];
    // A gateway without connection to Postgres stores its minutes now.
    await countRows(ctx, watched, last + 120_000, rows(900, 2000, { age: 1.2 }));
    await countRows(ctx, watched, before, rows(901, 700));
    expect((await watch(ctx, watched)).evaluatedCount).toBe(2);
    const kept = await ctx.db.select().from(driftWindows).where(eq(driftWindows.endpointId, watched.endpointId));
    const of = (at: number) => kept.find(({ start }) => start.getTime() === at);
    expect(of(last)).toMatchObject({ rows: 2600, verdict: { state: "drift" } });
    expect(of(before)).toMatchObject({ rows: 700 });
    expect(await listFindings(ctx, { endpointId: watched.endpointId })).toMatchObject([{ feature: "age" }]);
    expect((await watch(ctx, watched)).evaluatedCount).toBe(0);
  }),
);

test(
  "evaluates each window once, and opens a drift ticket that closes after a day below the threshold",
  inWorkspace(async (ctx) => {
    const watched = await fixture(ctx);
    await traffic(ctx, watched, { drifting: 2 });
    expect((await watch(ctx, watched)).evaluatedCount).toBe(6);
    expect((await watch(ctx, watched)).evaluatedCount).toBe(0);
    const kept = await ctx.db.select().from(driftWindows).where(eq(driftWindows.endpointId, watched.endpointId));
    const states = kept.sort((a, b) => +a.start - +b.start).map(({ verdict }) => (verdict as { state: string }).state);
    expect(states).toEqual(["usual", "usual", "usual", "usual", "drift", "drift"]);
    const open = await listFindings(ctx, { endpointId: watched.endpointId });
    expect(open).toMatchObject([{ watcher: "drift", kind: "drift", feature: "age", severity: "ticket" }]);
    expect(open[0]?.words).toMatch(/^age changed: PSI 0\.\d+ exceeds the threshold of 0\.\d+ for this hour \(600 rows/);
    const received = await ctx.db.select().from(alerts).where(eq(alerts.workspaceId, ctx.actor.workspaceId));
    expect(received.map(({ severity }) => severity)).toEqual(["ticket"]);
    await watch(ctx, watched, { now: now + 2.5 * dayMs });
    await watch(ctx, watched, { now: now + 4 * dayMs });
    expect(await listFindings(ctx, { endpointId: watched.endpointId })).toEqual([]);
  }),
);

test(
  "records expected drift without notifying, and closes findings when the monitor is disabled",
  inWorkspace(async (ctx) => {
    const watched = await fixture(ctx);
    const { endpointId } = watched;
    await markExpected(ctx, { endpointId, feature: "age", reason: "New customers." });
    await countRows(ctx, watched, thisHour + 60_000, rows(7, 600, { age: 1 }));
    await watch(ctx, watched, { now: now + hourMs });
    const note = { feature: "age", severity: "note" };
    expect(await listFindings(ctx, { endpointId })).toMatchObject([note]);
    expect(await ctx.db.$count(alerts, eq(alerts.workspaceId, ctx.actor.workspaceId))).toBe(0);
    await watch(ctx, watched, { settings: { ...settings, isOn: false }, now: now + 2 * hourMs });
    expect(await listFindings(ctx, { endpointId })).toEqual([]);
  }),
);

test(
  "reports drift with its importance and history to a viewer",
  inWorkspace(async (ctx) => {
    const watched = await fixture(ctx);
    const { endpointId } = watched;
    await traffic(ctx, watched, { hours: 12, drifting: 4 });
    await watch(ctx, watched);
    const report = await getDrift(as(ctx, "viewer"), { endpointId, range: "24h" });
    expect(report).toMatchObject({
      problem: null,
      rows: 7200,
      version: { model: "flights", version: 1 },
      reference: { rows: 10_000, words: "flights-2025", hasImportances: true },
      verdict: { state: "drift", drifted: 1, tested: 2, isPredictionDrift: false },
    });
    expect(report.features[0]).toMatchObject({ name: "age", state: "drift", importance: 0.7 });
    expect(report.features[0]?.words).toMatch(/^Median rose from /);
    const detail = await getFeatureDrift(ctx, { endpointId, feature: "age", range: "24h" });
    const sum = (side: "reference" | "current") => detail.bins.reduce((all, bin) => all + bin[side], 0);
    expect([sum("reference"), sum("current")]).toEqual([expect.closeTo(1, 6), expect.closeTo(1, 6)]);
    expect((detail.numbers?.median ?? 0) - (detail.numbers?.referenceMedian ?? 0)).toBeCloseTo(0.3, 1);
    const history = await getDriftHistory(ctx, { endpointId, feature: "age", length: "hour" });
    expect(history.windows).toHaveLength(12);
    expect(history.windows.at(-1)).toMatchObject({ state: "drift", rows: 600 });
    expect(history.windows.at(-1)?.psi).toBeGreaterThan(history.ordinary ?? 1);
    await expect(getFeatureDrift(ctx, { endpointId, feature: "none" })).rejects.toMatchObject({ code: "not-found" });
    const elsewhere = await newWorkspace(ctx.db);
    await expect(getDrift(elsewhere, { endpointId })).rejects.toMatchObject({ code: "not-found" });
    expect(await listDrift(elsewhere)).toEqual([]);
  }),
);

test(
  "lists endpoints worst first, with the reason for those that cannot be monitored",
  inWorkspace(async (ctx) => {
    const quiet = await fixture(ctx, "a-quiet");
    const drifting = await fixture(ctx, "b-drifting");
    await fixture(ctx, "c-new");
    await traffic(ctx, quiet);
    await traffic(ctx, drifting, { drifting: 1 });
    for (const each of [quiet, drifting]) await watch(ctx, each);
    expect(await listDrift(ctx)).toMatchObject([
      { endpoint: "b-drifting", problem: null, window: { length: "hour", first: "age", verdict: { state: "drift" } } },
      { endpoint: "a-quiet", problem: null, window: { verdict: { state: "usual" }, first: null } },
      { endpoint: "c-new", problem: "no-rows", window: null },
    ]);
  }),
);
