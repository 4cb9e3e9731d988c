import { expect, onTestFinished, test, vi } from "vitest";
import type { Context } from "#server/base/context.ts";
import type { Definitions } from "#server/develop/features/definitions/definitions.ts";
import { KnownDefinitions } from "./known-definitions.ts";

const contextOf = (workspaceId: string) => ({ actor: { workspaceId } }) as Context;
const ctx = contextOf("a");

/** Definitions that count how often they were read, and a clock. */
function newStore() {
  const clock = { ms: 0 };
  const store = {
    reads: 0,
    clock,
    fail: undefined as Error | undefined,
    answer: async (_workspaceId: string): Promise<void> => {},
    /** Undefined: something has changed each time. */
    fingerprint: undefined as string | undefined,
    known: undefined as unknown as KnownDefinitions,
  };
  const load = async () => {
    store.reads += 1;
    const { reads, fail } = store;
    await Promise.resolve();
    if (fail) throw fail;
    return { reads } as unknown as Definitions;
  };
  const fingerprint = async (of: Context) => {
    await store.answer(of.actor.workspaceId);
    return store.fingerprint ?? String(store.reads);
  };
  store.known = new KnownDefinitions({ load, fingerprint }, () => clock.ms);
  return store;
}
const readOf = (definitions: Definitions) => (definitions as unknown as { reads: number }).reads;
const away = () => Object.assign(new Error("connect"), { code: "ECONNREFUSED", syscall: "connect" });

test("reads definitions once for all look-ups of two seconds, then in the background", async () => {
  const { known, clock } = newStore();
  expect((await Promise.all([known.get(ctx), known.get(ctx)])).map(readOf)).toEqual([1, 1]);
  clock.ms = 2_000;
  expect(readOf(await known.get(ctx))).toBe(1);
  clock.ms = 2_001;
  expect(readOf(await known.get(ctx))).toBe(1);
  await new Promise(setImmediate);
  expect(readOf(await known.get(ctx))).toBe(2);
  expect(readOf(await known.get(contextOf("b")))).toBe(3);
});

test("reads again after a change of the workspace, or of any", async () => {
  const { known } = newStore();
  await known.get(ctx);
  known.changed("b");
  expect(readOf(await known.get(ctx))).toBe(1);
  known.changed("a");
  expect(readOf(await known.get(ctx))).toBe(2);
  known.changed();
  expect(readOf(await known.get(ctx))).toBe(3);
});

test("does not trust what was read while something changed", async () => {
  const { known } = newStore();
  const reading = known.get(ctx);
  known.changed("a");
  expect(readOf(await reading)).toBe(1);
  expect(readOf(await known.get(ctx))).toBe(2);
});

test("reads again for unknown names, unless it did a moment ago", async () => {
  const { known, clock } = newStore();
  await known.get(ctx);
  clock.ms = 200;
  expect(readOf(await known.again(ctx))).toBe(1);
  expect(readOf(await known.again(ctx, 0))).toBe(2);
  clock.ms = 500;
  expect(readOf(await known.again(ctx))).toBe(3);
});

test("keeps definitions while Postgres is away, and fails without any", async () => {
  const store = newStore();
  await store.known.get(ctx);
  store.fail = away();
  store.known.changed();
  expect(readOf(await store.known.get(ctx))).toBe(1);
  expect(readOf(await store.known.again(ctx, 0))).toBe(1);
  await expect(store.known.get(contextOf("b"))).rejects.toThrow("connect");
  store.fail = undefined;
  expect(readOf(await store.known.get(ctx))).toBeGreaterThan(2);
});

test("reads definitions only if their fingerprint has changed", async () => {
  const store = newStore();
  const { known, clock } = store;
  store.fingerprint = "a";
  const first = await known.get(ctx);
  for (const ms of [2_001, 4_002]) {
    clock.ms = ms;
    await known.get(ctx);
    await new Promise(setImmediate);
  }
  known.changed();
  expect(await known.get(ctx)).toBe(first);
  expect(await known.again(ctx, 0)).toBe(first);
  expect(store.reads).toBe(1);
  store.fingerprint = "b";
  expect(readOf(await known.again(ctx, 0))).toBe(2);
});

test("goes on with what it knows when Postgres hangs after a change, and lets no other look-up wait", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const store = newStore();
  await store.known.get(ctx);
  const answer = Promise.withResolvers<void>();
  store.answer = () => answer.promise;
  store.known.changed();
  const first = store.known.get(ctx);
  await new Promise(setImmediate);
  vi.advanceTimersByTime(500);
  expect(readOf(await first)).toBe(1);
  // No time passes, so this ends only if it does not wait.
  for (let look = 0; look < 3; look += 1) expect(readOf(await store.known.get(ctx))).toBe(1);
  answer.resolve();
  await new Promise(setImmediate);
  expect(readOf(await store.known.get(ctx))).toBe(2);
  store.known.changed();
  expect(readOf(await store.known.get(ctx))).toBe(3);
});

test("waits for changed definitions of other workspaces while those of one are slow", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const store = newStore();
  const other = contextOf("b");
  await store.known.get(ctx);
  await store.known.get(other);
  const answer = Promise.withResolvers<void>();
  store.answer = async (workspaceId) => (workspaceId === "a" ? answer.promise : undefined);
  store.known.changed();
  const slow = store.known.get(ctx);
  await new Promise(setImmediate);
  vi.advanceTimersByTime(500);
  await slow;
  expect(readOf(await store.known.get(other))).toBe(3);
  answer.resolve();
});
