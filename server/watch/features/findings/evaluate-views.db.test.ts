import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { alerts, featureMaterialisations, featureMinutes, featureUses, featureViews } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { openEnd } from "#server/alerting/alerts/own-alerts.ts";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { defineViewSource } from "#server/develop/features/definitions/define-view-source.ts";
import { cancelMaterialisation } from "#server/develop/features/materialisations/cancel-materialisation.ts";
import { requestMaterialisation } from "#server/develop/features/materialisations/start-materialisation.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";
import { attemptOnce } from "#server/platform/jobs/watcher.ts";
import { namesOfRules } from "#server/respond/alert-quality/names-of-rules.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { driverRows, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { as, newWorkspace } from "#server/testing/testing.ts";
import { countArrivals } from "../arrivals/count-arrivals.ts";
import { evaluateViews } from "./evaluate-views.ts";
import { listViewFindings } from "./queries.ts";

async function newWatched() {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const options = { path: "dataset:drivers" };
  await defineViewSource(ctx, { name: "drivers", kind: "file", createdTimeColumn: "created", options });
  const view = await newDriverStats(ctx, { source: "drivers" });
  const changed = new Set<string>();
  const evaluate = (now: number) =>
    evaluateViews(db, {
      now,
      changed,
      attempt: attemptOnce,
      isStopping: () => false,
      afterChange: notifyAfterChange,
    });
  const count = async () => {
    for (const id of await countArrivals(db, [view.id], await databaseNow(db))) changed.add(id);
  };
  return { db, ctx, view, evaluate, count };
}

const alertsOf = (ctx: Context) =>
  ctx.db.select().from(alerts).where(eq(alerts.workspaceId, ctx.actor.workspaceId)).orderBy(alerts.startsAt);

test("pages for a late source with what to do, keeps one alert, and ends it when rows arrive", async () => {
  const { db, ctx, view, evaluate, count } = await newWatched();
  const { workspaceId } = ctx.actor;
  const user = { workspaceId, viewId: view.id, version: 1, userId: crypto.randomUUID(), features: ["conv_rate"] };
  await db.insert(featureUses).values({ ...user, userKind: "endpoint", userName: "eta" });
  await writeFeatures(ctx, {
    view: view.name,
    columns: driverRows([[1, new Date(Date.now() - hourMs), 1]]),
  });
  await count();
  const now = Date.now();
  await evaluate(now);
  expect(await alertsOf(ctx)).toEqual([]);
  const late = now + dayMs - hourMs / 2;
  await evaluate(late);
  const [page] = await alertsOf(ctx);
  expect(page).toMatchObject({
    severity: "page",
    endsAt: openEnd,
    ruleKey: `features:${view.id}`,
    labels: { alertname: "FeatureSourceLate", service: "driver_stats" },
    generatorUrl: "/features/driver_stats",
  });
  expect(page?.annotations.summary).toBe("driver_stats: no event within its time limit");
  expect(page?.annotations.description).toContain("Check the process that writes the view");
  expect(page?.annotations.runbook_url).toBe("/help/feature-store#late-sources");
  await evaluate(late + minuteMs);
  expect((await alertsOf(ctx))[0]?.updatedAt.getTime()).toBe(late);
  await evaluate(late + 6 * minuteMs);
  expect(await alertsOf(ctx)).toMatchObject([{ updatedAt: new Date(late + 6 * minuteMs), isEnded: false }]);
  expect((await listViewFindings(as(ctx, "viewer"), { view: view.name })).findings).toMatchObject([
    { kind: "source-late", openedAt: new Date(late), closedAt: null },
  ]);
  expect((await namesOfRules(ctx, [`features:${view.id}`])).get(`features:${view.id}`)).toMatchObject({
    name: "driver_stats: feature view",
  });
  await writeFeatures(ctx, { view: view.name, columns: driverRows([[1, new Date(), 2]]) });
  await count();
  await evaluate(late + 20 * minuteMs);
  expect(await alertsOf(ctx)).toMatchObject([{ isEnded: true }]);
  expect((await listViewFindings(ctx, {})).findings).toEqual([]);
  expect((await listViewFindings(ctx, { state: "all" })).findings).toHaveLength(1);
});

test.each<[what: string, later: [state: "done" | "failed" | "cancelled", from: number, to: number][], isOpen: boolean]>(
  [
    ["one that reads another range", [["done", 11, 99]], true],
    ["one that reads a part of the range", [["done", 0, 9]], true],
    ["one that fails as well", [["failed", 11, 99]], true],
    ["one that was cancelled in a part of the range", [["cancelled", 5, 10]], true],
    ["one that reads the range", [["done", 0, 10]], false],
    ["one that reads more", [["done", -5, 99]], false],
    [
      "several that read it together",
      [
        ["done", 6, 30],
        ["cancelled", 0, 3],
        ["done", -2, 5],
      ],
      false,
    ],
    ["one with the range that somebody does without", [["cancelled", 0, 10]], false],
  ],
)("keeps a ticket for a failed materialisation until its range was read: after %s", async (_, later, isOpen) => {
  const { db, ctx, view, evaluate } = await newWatched();
  // With a TTL, none of these rows would count any more.
  await db.update(featureViews).set({ ttlUs: null }).where(eq(featureViews.id, view.id));
  const { workspaceId } = ctx.actor;
  const now = Date.now();
  const add = (state: "done" | "failed" | "cancelled", fromEventAt: number, toEventAt: number, at: number) =>
    db.insert(featureMaterialisations).values({
      workspaceId,
      viewId: view.id,
      fromEventAt,
      toEventAt,
      state,
      problem: state === "failed" ? "The file is gone" : null,
      createdBy: "test",
      createdAt: new Date(at),
      endedAt: new Date(at),
    });
  await add("done", 0, 10, now - minuteMs);
  await add("failed", 0, 10, now);
  await evaluate(now);
  expect(await alertsOf(ctx)).toMatchObject([
    { severity: "ticket", labels: { alertname: "FeatureMaterialisationFailed" }, isEnded: false },
  ]);
  const { findings } = await listViewFindings(ctx);
  expect(findings[0]?.words).toContain("from 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:00.000Z");
  for (const [place, [state, from, to]] of later.entries()) await add(state, from, to, now + (1 + place) * minuteMs);
  // However long ago it was.
  await evaluate(now + 60 * dayMs);
  expect(await alertsOf(ctx)).toMatchObject([{ isEnded: !isOpen }]);
});

test.each<
  [what: string, ttl: number | null, failed: [from: number, to: number], done: [number, number], isOpen: boolean]
>([
  ["the retry of a first increment, which begins later", 10, [0, 10], [1, 11], false],
  ["a retry that begins within the TTL, and later than that", 10, [0, 10], [2, 11], true],
  ["the same without a TTL, whose rows all count", null, [0, 10], [1, 11], true],
  ["a retry of what there was, where the range ended in the future", null, [0, 99], [0, 11], false],
  ["one that read less than there was", null, [0, 99], [0, 9], true],
])("takes of a failed range what counts at look-up: after %s", async (_, ttl, failed, done, isOpen) => {
  const { db, ctx, view, evaluate } = await newWatched();
  const ttlUs = ttl === null ? null : ttl * minuteMs * 1000;
  await db.update(featureViews).set({ ttlUs }).where(eq(featureViews.id, view.id));
  const { workspaceId } = ctx.actor;
  const base = Date.now();
  const at = (minutes: number) => new Date(base + minutes * minuteMs);
  const add = (state: "done" | "failed", [from, to]: [number, number], ended: number) =>
    db.insert(featureMaterialisations).values({
      workspaceId,
      viewId: view.id,
      fromEventAt: at(from).getTime() * 1000,
      toEventAt: at(to).getTime() * 1000,
      state,
      createdBy: "test",
      createdAt: at(ended),
      endedAt: at(ended),
    });
  await add("failed", failed, 10);
  await evaluate(at(10).getTime());
  expect(await alertsOf(ctx)).toMatchObject([{ isEnded: false }]);
  await add("done", done, 11);
  await evaluate(at(30).getTime());
  expect(await alertsOf(ctx)).toMatchObject([{ isEnded: !isOpen }]);
});

test("keeps the ticket where a restart replaced the one that had the range, until somebody cancels it", async () => {
  const { db, ctx, view, evaluate } = await newWatched();
  await db.update(featureViews).set({ ttlUs: null }).where(eq(featureViews.id, view.id));
  const input = { source: "drivers", kind: "file", path: "drivers.parquet" } as const;
  const start = (fromEventAt: number, toEventAt: number, restart: boolean) =>
    transact(ctx, (ctx) =>
      requestMaterialisation(ctx, view, { fromEventAt, toEventAt, input, trigger: "request", restart }),
    );
  await start(0, 10, false);
  await db.update(featureMaterialisations).set({ state: "failed", endedAt: new Date() });
  await start(0, 12, false);
  const last = await start(11, 12, true);
  await evaluate(Date.now());
  expect(await alertsOf(ctx)).toMatchObject([{ isEnded: false }]);
  await cancelMaterialisation(ctx, last);
  await evaluate(Date.now() + minuteMs);
  expect(await alertsOf(ctx)).toMatchObject([{ isEnded: false }]);
  await cancelMaterialisation(ctx, await start(0, 10, false));
  await evaluate(Date.now() + 2 * minuteMs);
  expect(await alertsOf(ctx)).toMatchObject([{ isEnded: true }]);
});

test("a failed materialisation is none any more when the view has another source, or none that is read", async () => {
  const { db, ctx, view, evaluate } = await newWatched();
  const { workspaceId } = ctx.actor;
  await defineViewSource(ctx, { name: "others", kind: "file", options: { path: "dataset:others" } });
  const now = Date.now();
  await db.insert(featureMaterialisations).values({
    workspaceId,
    viewId: view.id,
    fromEventAt: 0,
    toEventAt: 1,
    input: { source: "drivers", kind: "file", path: "drivers.parquet" },
    state: "failed",
    createdBy: "test",
    endedAt: new Date(now),
  });
  const kinds = async (source: string | null) => {
    await db.update(featureViews).set({ source }).where(eq(featureViews.id, view.id));
    await evaluate(now);
    return (await listViewFindings(ctx, { view: view.name })).findings.map(({ kind }) => kind);
  };
  for (const other of ["others", "driver_push", null]) {
    expect(await kinds("drivers")).toEqual(["materialisation-failed"]);
    expect(await kinds(other)).toEqual([]);
  }
});

test("opens other findings of a view also where its values cannot be compared", async () => {
  const { db, ctx, view, evaluate, count } = await newWatched();
  const { workspaceId } = ctx.actor;
  await count();
  await writeFeatures(ctx, { view: view.name, columns: driverRows([[1, new Date(), 1]]) });
  await count();
  await db.execute(`update feature_value_hours set levels = '"no levels"'`);
  const now = Date.now();
  const work = { workspaceId, viewId: view.id, fromEventAt: 0, toEventAt: 1, createdBy: "test" };
  await db.insert(featureMaterialisations).values({ ...work, state: "failed", endedAt: new Date(now) });
  await evaluate(now);
  expect(await alertsOf(ctx)).toMatchObject([
    { labels: { alertname: "FeatureMaterialisationFailed" }, isEnded: false },
  ]);
});

test("keeps a finding whose counts hover around their limit, until it was not found for an hour", async () => {
  const { db, ctx, view, evaluate } = await newWatched();
  const now = Math.floor(Date.now() / minuteMs) * minuteMs;
  const lookUp = (afterMs: number, found: number, clockAhead: number) =>
    db.insert(featureMinutes).values({
      workspaceId: ctx.actor.workspaceId,
      viewId: view.id,
      minute: new Date(now + afterMs),
      countedBy: "g1",
      lookUps: found,
      found,
      clockAhead,
    });
  await lookUp(0, 100, 3);
  await evaluate(now);
  expect(await alertsOf(ctx)).toMatchObject([{ labels: { alertname: "FeatureClockAhead" }, isEnded: false }]);
  await lookUp(10 * minuteMs, 10_000, 0);
  await evaluate(now + 11 * minuteMs);
  expect(await alertsOf(ctx)).toMatchObject([{ isEnded: false }]);
  await lookUp(20 * minuteMs, 100, 100);
  await evaluate(now + 21 * minuteMs);
  await evaluate(now + 80 * minuteMs);
  expect(await alertsOf(ctx)).toMatchObject([{ isEnded: false, startsAt: new Date(now) }]);
  await evaluate(now + 81 * minuteMs);
  expect(await alertsOf(ctx)).toMatchObject([{ isEnded: true }]);
});

test("names a feature whose values changed at the source, and keeps it until new rows are as before", async () => {
  const { db, ctx, view, evaluate, count } = await newWatched();
  await count();
  const write = async (shareOfNulls: number) => {
    const rows = Array.from({ length: 100 }, (_, key): [number, Date, number | null] => [
      key,
      new Date(),
      key < shareOfNulls * 100 ? null : key,
    ]);
    await writeFeatures(ctx, { view: view.name, columns: driverRows(rows) });
    await count();
  };
  /** Moves what was sampled and found into the past. */
  const age = async (hours: number) => {
    await db.execute(`update feature_value_hours set hour = hour - interval '${hours} hours'`);
    await db.execute(`
      update feature_findings
      set evidence = evidence || jsonb_build_object('since', (evidence->>'since')::float8 - ${hours * hourMs})`);
  };
  const now = Date.now();
  for (let batch = 0; batch < 4; batch += 1) {
    await write(0.02);
    await evaluate(now);
    await age(1);
  }
  expect(await alertsOf(ctx)).toEqual([]);
  await write(0.6);
  await evaluate(now);
  expect(await alertsOf(ctx)).toMatchObject([
    { severity: "ticket", labels: { alertname: "FeatureValuesChanged", feature: "avg_daily_trips" }, isEnded: false },
  ]);
  const { findings } = await listViewFindings(ctx, { view: view.name });
  expect(findings[0]?.words).toBe("60% of avg_daily_trips is missing in what arrived last, 2% in the week before.");
  // Nothing arrives, so nothing is known.
  await evaluate(now + 10 * minuteMs);
  expect((await listViewFindings(ctx, { view: view.name })).findings).toHaveLength(1);
  // Hours later it is as bad as it was.
  await age(1);
  await write(0.6);
  await evaluate(now + 15 * minuteMs);
  expect(await alertsOf(ctx)).toMatchObject([{ isEnded: false }]);
  await age(2);
  await write(0.02);
  await evaluate(now + 20 * minuteMs);
  expect(await alertsOf(ctx)).toMatchObject([{ isEnded: true }]);
});
