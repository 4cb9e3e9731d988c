import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { setAsideItems, workspaces } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { systemContext } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { inEveryWorkspace } from "./in-every-workspace.ts";
import { JobItems } from "./job-items.ts";
import { queueOptions } from "./kinds.ts";
import { schedule } from "./schedule.ts";
import { watcherPurposes } from "./watcher-names.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const broken = () => Promise.reject(new Error("broken"));
const setAside = (kind: string) => db.select().from(setAsideItems).where(eq(setAsideItems.watcher, kind));
const moveRetry = (byMs: number) => db.update(setAsideItems).set({ retryAt: new Date(Date.now() + byMs) });

test("goes on after an item that fails, counts its attempts over executions and clears it after a success", async () => {
  const done: string[] = [];
  const execute = async (bad: () => Promise<unknown>) => {
    const items = new JobItems(db, "purge-trash");
    await items.attempt({ id: "first" }, async () => done.push("first"));
    await items.attempt({ id: "bad" }, bad);
    await items.attempt({ id: "last" }, async () => done.push("last"));
    return items;
  };
  const failed = await execute(broken);
  expect(() => failed.requireSuccess()).toThrow("1 of 3 items failed.");
  expect(done).toEqual(["first", "last"]);
  expect(await setAside("purge-trash")).toMatchObject([{ item: "bad", attempts: 1 }]);
  // Not due: it neither runs nor fails the job again.
  (await execute(broken)).requireSuccess();
  expect(await setAside("purge-trash")).toMatchObject([{ attempts: 1 }]);
  await moveRetry(-1);
  await execute(broken);
  expect(await setAside("purge-trash")).toMatchObject([{ attempts: 2 }]);
  await moveRetry(-1);
  (await execute(async () => done.push("bad"))).requireSuccess();
  expect(await setAside("purge-trash")).toEqual([]);
});

test("remembers an item of a daily job until the next days, and one of a minutely job for some minutes", async () => {
  await new JobItems(db, "apply-retention").attempt({ id: "bad" }, broken);
  await new JobItems(db, "pack-metrics").attempt({ id: "bad" }, broken);
  await moveRetry(-hourMs);
  await new JobItems(db, "apply-retention").attempt({ id: "bad" }, broken);
  expect(await setAside("apply-retention")).toMatchObject([{ attempts: 2 }]);
  await new JobItems(db, "pack-metrics").attempt({ id: "good" }, async () => {});
  expect(await setAside("pack-metrics")).toEqual([]);
  await moveRetry(-4 * dayMs);
  await new JobItems(db, "apply-retention").attempt({ id: "good" }, async () => {});
  expect(await setAside("apply-retention")).toEqual([]);
});

test("retries an item of an hourly job within hours, and of a minutely job within ten minutes", async () => {
  const longest = async (kind: "collect-artifacts" | "watch-runs") => {
    for (let failure = 0; failure < 12; failure += 1) {
      await new JobItems(db, kind).attempt({ id: "bad" }, broken);
      await moveRetry(-1);
    }
    await new JobItems(db, kind).attempt({ id: "bad" }, broken);
    const [item] = await setAside(kind);
    return (item?.retryAt.getTime() ?? 0) - (item?.failedAt.getTime() ?? 0);
  };
  expect(await longest("watch-runs")).toBe(10 * minuteMs);
  expect(await longest("collect-artifacts")).toBe(hourMs);
});

test("a workspace whose work fails delays no other", async () => {
  const [one, two] = [randomUUID(), randomUUID()];
  await db.insert(workspaces).values([one, two].map((id) => ({ id, name: id, slug: id })));
  const done: string[] = [];
  const items = new JobItems(db, "send-digests");
  await inEveryWorkspace(systemContext(db, "", "send-digests"), items.attempt, async ({ actor }) => {
    if (actor.workspaceId === one) throw new Error("broken");
    done.push(actor.workspaceId);
  });
  expect(done).toContain(two);
  expect(await setAside("send-digests")).toMatchObject([{ item: one, workspaceId: one }]);
  const asked = inEveryWorkspace(systemContext(db, one, "send-digests"), items.attempt, broken);
  await expect(asked).rejects.toThrow("broken");
});

test("no job has the name of a watcher, so that their items stay apart", () => {
  const kinds = new Set([...Object.keys(queueOptions), ...schedule.map(({ kind }) => kind)]);
  expect(Object.keys(watcherPurposes).filter((name) => kinds.has(name))).toEqual([]);
});
