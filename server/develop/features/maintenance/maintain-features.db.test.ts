import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { featureArrivals, featureLatest, featureRejects } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { deleteFeatureView } from "../definitions/delete-feature-view.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { makeArrivalPartitions } from "./arrival-partitions.ts";
import { maintainFeatures } from "./maintain-features.ts";

test("makes partitions ahead, moves today's rows into theirs, and deletes rows of deleted views and old rejects", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const write = (view: string) =>
    writeFeatures(ctx, { view, columns: driverRows(Array.from({ length: 30 }, (_, key) => [key, "2026-03-01", 1])) });
  const kept = await newDriverStats(ctx);
  await defineFeatureView(ctx, { ...driverStats, name: "other" });
  await write("driver_stats");
  await write("other");
  await deleteFeatureView(ctx, { name: "other" });
  const reject = { workspaceId: ctx.actor.workspaceId, viewId: kept.id, origin: "push", row: {}, reason: "x" };
  await db.insert(featureRejects).values([reject, { ...reject, at: new Date(Date.now() - 31 * 86_400_000) }]);

  const now = new Date();
  await maintainFeatures(ctx, now.getTime());
  await maintainFeatures(ctx, now.getTime());

  const numbers = async (table: typeof featureLatest | typeof featureArrivals) =>
    (await db.select({ number: table.viewNumber }).from(table)).map(({ number }) => number);
  expect(await numbers(featureLatest)).toEqual(Array.from({ length: 30 }, () => kept.number));
  expect(await numbers(featureArrivals)).toEqual(Array.from({ length: 30 }, () => kept.number));
  expect(await db.$count(featureRejects)).toBe(1);
  const today = now.toISOString().slice(0, 10).replaceAll("-", "");
  const { rows } = await db.execute(sql`
    select tableoid::regclass::text as partition, count(*)::int as count from feature_arrivals group by 1`);
  expect(rows).toEqual([{ partition: `feature_arrivals_${today}`, count: 30 }]);
  const { rows: partitions } = await db.execute(
    sql`select inhrelid from pg_inherits where inhparent = 'feature_arrivals'::regclass`,
  );
  expect(partitions).toHaveLength(9);
  // What comes now goes to the partition, and continues the order of writing.
  await write("driver_stats");
  const { rows: orders } = await db.execute(
    sql`select count(distinct sequence)::int as count, count(*)::int as rows from ${sql.identifier(`feature_arrivals_${today}`)}`,
  );
  expect(orders).toEqual([{ count: 60, rows: 60 }]);
});

test("moves rows that are written while their partition is made", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  const isWaiting = async () =>
    (await db.execute(sql`select from pg_locks where relation = 'feature_arrivals'::regclass and not granted`))
      .rowCount;
  const made = await db.transaction(async (writing) => {
    await writeFeatures({ ...ctx, db: writing }, { view: "driver_stats", columns: driverRows([[1, "2026-03-01", 1]]) });
    const making = makeArrivalPartitions(db, Date.now());
    making.catch(() => {});
    await expect.poll(isWaiting, { timeout: 10_000 }).toBeGreaterThan(0);
    return { making };
  });
  expect(await made.making).toHaveLength(8);
  expect(await db.execute(sql`select from feature_arrivals_default`)).toMatchObject({ rowCount: 0 });
});
