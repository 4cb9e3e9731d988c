import { and, eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, recurringWork, setAsideItems } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { hourMs } from "#server/base/durations.ts";
import { noteExecution } from "#server/platform/jobs/note-execution.ts";
import { retrySetAsideItem } from "#server/platform/jobs/retry-set-aside-item.ts";
import { schedule } from "#server/platform/jobs/schedule.ts";
import { watcherPurposes } from "#server/platform/jobs/watcher-names.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { getRecurringWork } from "./queries.ts";

const { db } = await freshDatabase();
const first = await newWorkspace(db);
const second = await newWorkspace(db);
const { workspaceId } = second.actor;
const failedAt = new Date(Date.UTC(2026, 4, 6, 12));
const bad = { watcher: "drift", item: "endpoint-1", workspaceId, attempts: 3, problem: "No plan.", failedAt };

test("lists every watcher and scheduled job with its last execution", async () => {
  await noteExecution(db, { name: "drift", durationMs: 1500, items: 3 });
  await noteExecution(db, { name: "pack-metrics", durationMs: 20, problem: new Error("secret") });
  await noteExecution(db, { name: "meter-costs", durationMs: 20 });
  await db
    .update(recurringWork)
    .set({ startedAt: new Date((await databaseNow(db)) - hourMs) })
    .where(eq(recurringWork.name, "meter-costs"));
  await db.insert(setAsideItems).values({ ...bad, retryAt: new Date(Date.UTC(2099, 0)) });
  const { work, setAside } = await getRecurringWork(first);
  expect(work.filter(({ kind }) => kind === "watcher")).toHaveLength(Object.keys(watcherPurposes).length);
  expect(work.filter(({ kind }) => kind === "job")).toHaveLength(schedule.length);
  const named = (name: string) => work.find((one) => one.name === name);
  expect(named("drift")).toMatchObject({ state: "set-aside", durationMs: 1500, items: 3, setAside: 1 });
  expect(named("pack-metrics")).toMatchObject({
    schedule: "every minute",
    state: "failed",
    items: null,
    problem: "Internal error; see the worker log.",
  });
  expect(named("meter-costs")).toMatchObject({ state: "late", problem: null });
  expect(named("slos")).toMatchObject({ state: "not-run", startedAt: null, durationMs: null });
  expect(setAside).toMatchObject([{ watcher: "drift", item: "endpoint-1", attempts: 3, problem: "No plan." }]);
});

test("makes an item due on request, and writes it to the audit log", async () => {
  const item = { watcher: "drift", item: "endpoint-1" } as const;
  await retrySetAsideItem(first, item);
  const [row] = await db.select().from(setAsideItems).where(eq(setAsideItems.item, "endpoint-1"));
  expect(Math.abs((row?.retryAt.getTime() ?? 0) - (await databaseNow(db)))).toBeLessThan(5_000);
  expect(row?.attempts).toBe(3);
  const events = and(eq(auditEvents.action, "recurring-work.retried"), eq(auditEvents.subject, "watcher/drift"));
  expect(await db.$count(auditEvents, events)).toBe(1);
  await expect(retrySetAsideItem(first, { ...item, item: "gone" })).rejects.toThrow("Item not found.");
});

test("runs the job of an item on request", async () => {
  await db.insert(setAsideItems).values({ ...bad, watcher: "apply-retention", retryAt: new Date(Date.UTC(2099, 0)) });
  await retrySetAsideItem(first, { watcher: "apply-retention", item: bad.item });
  const { rows } = await db.execute(sql`select name, data from pgboss.job`);
  expect(rows).toEqual([{ name: "apply-retention", data: { workspaceId: "" } }]);
  const { work, setAside } = await getRecurringWork(first);
  expect(work.find(({ name }) => name === "apply-retention")).toMatchObject({ kind: "job", setAside: 1 });
  expect(setAside.map(({ watcher }) => watcher)).toContain("apply-retention");
});

test("is only for admins of the first workspace", async () => {
  const item = { watcher: "drift", item: "endpoint-1" } as const;
  await expect(getRecurringWork(second)).rejects.toThrow("requires an admin of the first workspace");
  await expect(retrySetAsideItem(second, item)).rejects.toThrow("requires an admin of the first workspace");
});
