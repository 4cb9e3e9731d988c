import { eq } from "drizzle-orm";
import { Registry } from "prom-client";
import { expect, onTestFinished, test, vi } from "vitest";
import { recurringWork, setAsideItems } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import type { ChangeMessage } from "#server/platform/events/listen.ts";
import { type Round, Watcher } from "./watcher.ts";
import { registerWatcherGauges } from "./watcher-gauges.ts";
import type { WatcherName } from "./watcher-names.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const second = 1_000;
const now = Date.UTC(2026, 4, 6, 12);

/** A watcher of items, of which those in `poison` fail. */
function newWatcher(name: WatcherName, items: readonly string[], more: { everyMs?: number; maxRetryMs?: number } = {}) {
  const poison = new Set<string>();
  const evaluated: string[] = [];
  const evaluate = async (id: string) => {
    evaluated.push(id);
    if (poison.has(id)) throw new DomainError("invalid", `Item ${id} has no plan.`);
    return id;
  };
  const run = async ({ attempt }: Round) => {
    for (const id of items) await attempt({ id }, () => evaluate(id));
  };
  const watcher = new Watcher({ name, db, everyMs: second, run, ...more });
  onTestFinished(() => watcher.stop());
  return {
    watcher,
    poison,
    /** The items evaluated in a round at a time. */
    round: async (at?: number) => {
      evaluated.length = 0;
      await watcher.evaluate(at);
      return [...evaluated];
    },
  };
}

const setAside = (name: WatcherName) => db.select().from(setAsideItems).where(eq(setAsideItems.watcher, name));
const recorded = async (name: WatcherName) =>
  (await db.select().from(recurringWork).where(eq(recurringWork.name, name)))[0];

test("sets an item aside that fails, with attempts and problem, and evaluates the others", async () => {
  const { poison, round } = newWatcher("drift", ["first", "bad", "last"]);
  poison.add("bad");
  expect(await round(now)).toEqual(["first", "bad", "last"]);
  const [item, ...others] = await setAside("drift");
  expect(others).toEqual([]);
  expect(item).toMatchObject({ item: "bad", workspaceId: null, attempts: 1, problem: "Item bad has no plan." });
  expect(await recorded("drift")).toMatchObject({ items: 3, problem: null });
});

test("retries an item after a delay that doubles up to its maximum, and clears it once it succeeds", async () => {
  const { poison, round } = newWatcher("quality", ["bad", "good"], { maxRetryMs: 5 * second });
  poison.add("bad");
  let at = now;
  for (const delay of [1, 2, 4, 5, 5]) {
    expect(await round(at)).toEqual(["bad", "good"]);
    expect(await round(at + delay * second - 500)).toEqual(["good"]);
    at += delay * second + 500;
  }
  expect(await setAside("quality")).toMatchObject([{ attempts: 5 }]);
  poison.clear();
  expect(await round(at)).toEqual(["bad", "good"]);
  expect(await setAside("quality")).toEqual([]);
  poison.add("bad");
  await round(at);
  expect(await setAside("quality")).toMatchObject([{ attempts: 1 }]);
});

test("respects what another worker has set aside, and counts its attempts on", async () => {
  const one = newWatcher("consistency", ["bad"]);
  const other = newWatcher("consistency", ["bad"]);
  for (const { poison } of [one, other]) poison.add("bad");
  expect(await one.round(now)).toEqual(["bad"]);
  expect(await other.round(now + second / 2)).toEqual([]);
  expect(await other.round(now + 2 * second)).toEqual(["bad"]);
  expect(await setAside("consistency")).toMatchObject([{ attempts: 2 }]);
  expect(await one.round(now + 3 * second)).toEqual([]);
  other.poison.clear();
  await other.round(now + 5 * second);
  expect(await one.round(now + 5 * second)).toEqual(["bad"]);
});

test("takes an item back whose retry was brought forward", async () => {
  const { poison, round } = newWatcher("integrity", ["bad"]);
  poison.add("bad");
  await round(now);
  expect(await round(now)).toEqual([]);
  await db.update(setAsideItems).set({ retryAt: new Date(now) });
  expect(await round(now)).toEqual(["bad"]);
});

test("removes an item that nothing evaluates any more", async () => {
  const ids = ["bad"];
  const { poison, round } = newWatcher("findings", ids);
  poison.add("bad");
  await round(now);
  ids.pop();
  await round(now + 10 * 60 * second);
  expect(await setAside("findings")).toHaveLength(1);
  await round(now + 20 * 60 * second);
  expect(await setAside("findings")).toEqual([]);
});

test("uses the clock of the database", async () => {
  vi.spyOn(Date, "now").mockReturnValue(0);
  const times: number[] = [];
  const run = async (round: Round) => {
    times.push(round.startedAt, round.now());
    await round.attempt({ id: "bad" }, () => Promise.reject(new Error("broken")));
  };
  await new Watcher({ name: "incidents", db, everyMs: second, run }).evaluate();
  const at = await databaseNow(db);
  for (const time of times) expect(Math.abs(at - time)).toBeLessThan(5 * second);
  const [item] = await setAside("incidents");
  expect(Math.abs(at - (item?.failedAt.getTime() ?? 0))).toBeLessThan(5 * second);
  expect(Math.abs(at - ((await recorded("incidents"))?.startedAt.getTime() ?? 0))).toBeLessThan(5 * second);
  // What is not meant for people stays in the log.
  expect(item?.problem).toBe("Internal error; see the worker log.");
});

test("records a whole round that fails, and the next one tries again", async () => {
  let isBroken = true;
  const run = async () => {
    if (isBroken) throw new DomainError("unavailable", "Storage is not reachable.");
  };
  const watcher = new Watcher({ name: "slos", db, everyMs: 20, run });
  await watcher.start();
  onTestFinished(() => watcher.stop());
  await vi.waitFor(async () => expect((await recorded("slos"))?.problem).toBe("Storage is not reachable."));
  const { ageMs } = watcher;
  await vi.waitFor(() => expect(watcher.ageMs).toBeGreaterThan(ageMs + 50));
  isBroken = false;
  await vi.waitFor(async () => expect((await recorded("slos"))?.problem).toBeNull());
  expect(watcher.ageMs).toBeLessThan(ageMs + second);
});

test("runs what follows a failure, and goes on when that fails as well", async () => {
  const seen: unknown[] = [];
  const run = async ({ attempt }: Round) => {
    const broken = () => Promise.reject(new Error("broken"));
    await attempt({ id: "one" }, broken, async (cause) => seen.push(cause));
    await attempt({ id: "two" }, broken, () => Promise.reject(new Error("broken too")));
    await attempt({ id: "three" }, async () => seen.push("three"));
  };
  await new Watcher({ name: "rollouts", db, everyMs: second, run }).evaluate();
  expect(seen).toEqual([new Error("broken"), "three"]);
});

test("attempts an item outside a round under the same policy, and waits for it when it stops", async () => {
  const watcher = new Watcher({ name: "notifications", db, everyMs: 60 * second, run: async () => {} });
  await watcher.start();
  const broken = () => Promise.reject(new Error("broken"));
  expect(await watcher.attempt({ id: "sent" }, async () => "sent")).toBe("sent");
  expect(await watcher.attempt({ id: "bad" }, broken)).toBeUndefined();
  const again = vi.fn(broken);
  await watcher.attempt({ id: "bad" }, again);
  expect(again).not.toHaveBeenCalled();
  expect(await setAside("notifications")).toMatchObject([{ item: "bad", attempts: 1 }]);
  const work = Promise.withResolvers<void>();
  const attempt = watcher.attempt({ id: "slow" }, () => work.promise);
  await watcher.stop(0.05);
  let isStopped = false;
  const stopped = watcher.stop(60).then(() => (isStopped = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isStopped).toBe(false);
  work.resolve();
  await Promise.all([attempt, stopped]);
});

test("wakes up for changes that concern it, until it is stopped", async () => {
  const listeners = new Set<(change: ChangeMessage) => void>();
  const feed = {
    subscribe: (listener: (change: ChangeMessage) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const run = vi.fn(async () => {});
  const wake = { feed, when: ({ topic }: { topic: string }) => topic === "oncall" };
  const watcher = new Watcher({ name: "escalations", db, everyMs: 60 * second, run, wake });
  await watcher.start();
  const send = (change: ChangeMessage) => {
    for (const listener of listeners) listener(change);
  };
  send({ workspaceId: "w", topic: "run", id: "1" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(run).toHaveBeenCalledTimes(1);
  send({ workspaceId: "w", topic: "oncall", id: "1" });
  await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(2));
  send("missed");
  await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(3));
  await watcher.stop();
  expect(listeners.size).toBe(0);
});

test("reports items set aside and the age of the last round to Prometheus", async () => {
  const { watcher, poison, round } = newWatcher("alert-rules", ["bad", "worse"]);
  for (const id of ["bad", "worse"]) poison.add(id);
  await round();
  const idle = new Watcher({ name: "alerts", db, everyMs: second, run: async () => {} });
  const registry = new Registry();
  registerWatcherGauges(db, [watcher, idle], registry);
  const text = await registry.metrics();
  expect(text).toContain('leeway_watcher_set_aside{watcher="alert-rules"} 2');
  expect(text).toContain('leeway_watcher_set_aside{watcher="alerts"} 0');
  expect(text).toMatch(/leeway_watcher_last_round_age_seconds\{watcher="alerts"\} \d/);
});

test("stands still when neither a round nor an item is completed; items set aside are progress", async () => {
  let later = 0;
  const realNow = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => realNow() + later);
  const { watcher, poison, round } = newWatcher("drift", ["bad", "good"]);
  poison.add("bad");
  later += 61 * second;
  expect(watcher.isStandingStill).toBe(true);
  await round(now);
  expect(watcher.isStandingStill).toBe(false);

  const hung = Promise.withResolvers<void>();
  const run = async ({ attempt }: Round) => {
    await attempt({ id: "first" }, async () => "done");
    await hung.promise;
  };
  const stuck = new Watcher({ name: "slos", db, everyMs: second, run });
  const running = stuck.evaluate();
  later += 59 * second;
  expect(stuck.isStandingStill).toBe(false);
  later += 3 * second;
  expect(stuck.isStandingStill).toBe(true);
  hung.resolve();
  await running;
  expect(stuck.isStandingStill).toBe(false);
});
