import { eq, sql } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { alerts, driftWindows, monitoringFindings } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { hourMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { seededRandom } from "#server/stats/random.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { normals, profiled } from "../../../testing/fixtures/monitoring/drift/testing.ts";
import { countRows, newWatched } from "../../../testing/fixtures/monitoring/testing.ts";
import { driftWatcher } from "./drift-watcher.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const ctx = await newWorkspace(db);

test("evaluates every window once across workers, despite an endpoint that fails", async () => {
  const features = profiled({ age: normals(seededRandom(1), 5000), amount: normals(seededRandom(2), 5000) });
  const good = await newWatched(ctx, { name: "good", features, rows: 5000 });
  const broken = await newWatched(ctx, { name: "broken", features, rows: 5000 });
  const start = Math.floor(Date.now() / hourMs) * hourMs;
  for (let back = 6; back >= 2; back -= 1) {
    const random = seededRandom(10 + back);
    const columns = { age: normals(random, 400, { mean: back === 2 ? 1 : 0 }), amount: normals(random, 400) };
    for (const watched of [good, broken]) await countRows(ctx, watched, start - back * hourMs, columns);
  }
  await db.execute(sql`update feature_states set state = '\\x00' where endpoint_id = ${broken.endpointId}`);
  const runners = [
    driftWatcher(db, { open: () => Promise.reject(new Error("No sample is asked for.")) }, notifyAfterChange),
    driftWatcher(db, { open: () => Promise.reject(new Error("No sample is asked for.")) }, notifyAfterChange),
  ];
  await Promise.all(runners.map((runner) => runner.start()));
  const ofGood = () => db.select().from(driftWindows).where(eq(driftWindows.endpointId, good.endpointId));
  const hours = async () => (await ofGood()).filter(({ length }) => length === "hour");
  await vi.waitFor(async () => expect(await hours()).toHaveLength(5));
  await Promise.all(runners.map((runner) => runner.stop()));
  const drifting = (await hours()).filter(({ verdict }) => (verdict as { state: string }).state === "drift");
  expect(drifting.map(({ start: at }) => at.getTime())).toEqual([start - 2 * hourMs]);
  const found = await db.select().from(monitoringFindings).where(eq(monitoringFindings.watcher, "drift"));
  expect(found.map(({ feature, endpointId }) => [feature, endpointId])).toEqual([["age", good.endpointId]]);
  expect(await db.$count(alerts, eq(alerts.workspaceId, ctx.actor.workspaceId))).toBe(1);
  expect(await db.$count(driftWindows, eq(driftWindows.endpointId, broken.endpointId))).toBe(0);
});
