import { setImmediate as turn } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import type { FeatureRows, StoredRow } from "#server/develop/features/rows/feature-rows.ts";
import { CachedRows } from "./cached-rows.ts";

const view = { number: 7, ttlUs: null as number | null };
const key = (text: string) => Buffer.from(text);
const row = (eventAt: number, text = "row", createdAt = 0): StoredRow => ({
  eventAt,
  createdAt,
  packed: Buffer.from(text),
});

/** A store, the statements that it was asked, and a clock. */
function newStore(stored: Record<string, StoredRow> = {}, maxBytes = 1_000_000) {
  const statements: string[][] = [];
  const clock = { ms: 0 };
  const store = {
    stored,
    statements,
    clock,
    answer: async (): Promise<void> => {},
    readAt: (): number | undefined => Date.now() * 1000,
    rows: undefined as unknown as CachedRows,
  };
  const source: FeatureRows = {
    read: async (_view, keys) => {
      const texts = keys.map(String);
      statements.push(texts);
      const rows = texts.map((text) => store.stored[text]);
      await store.answer();
      return { rows, readAt: store.readAt() };
    },
  };
  store.rows = new CachedRows(source, maxBytes, () => clock.ms);
  return store;
}

const packed = async (store: ReturnType<typeof newStore>, of = view, ...keys: string[]) => {
  const { rows } = await store.rows.read(of, keys.map(key), 1_000);
  return rows.map((found) => found?.packed.toString());
};

test("asks once for what look-ups of one turn need, and believes it for a second", async () => {
  const store = newStore({ a: row(1, "A"), b: row(1, "B") });
  const found = await Promise.all([
    packed(store, view, "a", "x"),
    packed(store, view, "b", "a"),
    packed(store, view, "a"),
  ]);
  expect(found).toEqual([["A", undefined], ["B", "A"], ["A"]]);
  expect(store.statements).toEqual([["a", "x", "b"]]);
  store.stored = { a: row(2, "A2"), x: row(2, "X2") };
  store.clock.ms = 999;
  expect(await packed(store, view, "a", "x")).toEqual(["A", undefined]);
  store.clock.ms = 1_001;
  expect(await packed(store, view, "a", "x")).toEqual(["A2", "X2"]);
  expect(store.statements).toEqual([
    ["a", "x", "b"],
    ["a", "x"],
  ]);
});

test("believes rows for a twentieth of a short TTL", async () => {
  const store = newStore({ a: row(1, "A") });
  const shortLived = { number: 7, ttlUs: 2_000_000 };
  await packed(store, shortLived, "a");
  store.stored = { a: row(2, "A2") };
  store.clock.ms = 99;
  expect(await packed(store, shortLived, "a")).toEqual(["A"]);
  store.clock.ms = 101;
  expect(await packed(store, shortLived, "a")).toEqual(["A2"]);
});

test("keeps rows of views apart", async () => {
  const store = newStore({ a: row(1, "A") });
  await Promise.all([packed(store, view, "a"), packed(store, { number: 8, ttlUs: null }, "a")]);
  expect(store.statements).toEqual([["a"], ["a"]]);
});

test("drops the least recently used rows beyond the limit", async () => {
  const stored = Object.fromEntries(["a", "b", "c"].map((name) => [name, row(1, name.repeat(1_000))]));
  const store = newStore(stored, 3_000);
  await packed(store, view, "a");
  await packed(store, view, "b");
  await packed(store, view, "a");
  await packed(store, view, "c");
  store.statements.length = 0;
  await packed(store, view, "a", "c");
  expect(store.statements).toEqual([]);
  await packed(store, view, "b");
  expect(store.statements).toEqual([["b"]]);
  expect(store.rows.bytes).toBeLessThanOrEqual(3_000);
});

test("asks again after a write here, also when the answer under way is older", async () => {
  const store = newStore({ a: row(1, "A") });
  await packed(store, view, "a");
  store.clock.ms = 2_000;
  const answer = Promise.withResolvers<void>();
  store.answer = () => answer.promise;
  const before = packed(store, view, "a");
  await turn();
  expect(store.statements).toHaveLength(2);
  store.stored = { a: row(2, "A2") };
  store.rows.evict(view, [key("a")]);
  answer.resolve();
  await before;
  expect(await packed(store, view, "a")).toEqual(["A2"]);
});

test("uses copies while Postgres is away, and fails for rows without one", async () => {
  const store = newStore({ a: row(1, "A"), b: row(1, "B") });
  await packed(store, view, "a");
  store.clock.ms = 5_000;
  store.answer = async () => {
    throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" });
  };
  expect(await packed(store, view, "a")).toEqual(["A"]);
  expect(await packed(store, view, "a")).toEqual(["A"]);
  await expect(store.rows.read(view, [key("a"), key("b")], 1_000)).rejects.toThrow("ECONNREFUSED");
  store.answer = async () => {};
  store.stored.a = row(2, "A2");
  expect(await packed(store, view, "a")).toEqual(["A"]);
  await turn();
  store.clock.ms = 10_000;
  expect(await packed(store, view, "a")).toEqual(["A2"]);
});

test("uses copies after a statement that Postgres ended because it took too long", async () => {
  const store = newStore({ a: row(1, "A") });
  await packed(store, view, "a");
  store.clock.ms = 5_000;
  const canceled = Object.assign(new Error("canceling statement due to statement timeout"), { code: "57014" });
  store.answer = async () => {
    throw new Error("Failed query", { cause: canceled });
  };
  expect(await packed(store, view, "a")).toEqual(["A"]);
});

test("passes other errors on", async () => {
  const store = newStore({ a: row(1, "A") });
  await packed(store, view, "a");
  store.clock.ms = 5_000;
  store.answer = async () => {
    throw new Error("bug");
  };
  await expect(packed(store, view, "a")).rejects.toThrow("bug");
});

test("stops waiting after the limit, and uses a copy or says that a row is late", async () => {
  const store = newStore({ a: row(1, "A") });
  await packed(store, view, "a", "w");
  store.clock.ms = 1_500;
  store.rows.evict(view, [key("w")]);
  const answer = Promise.withResolvers<void>();
  store.answer = () => answer.promise;
  const late = await store.rows.read(view, [key("a"), key("b"), key("w")], 5);
  expect(late).toMatchObject({ isLate: true, sources: ["cached", undefined, undefined] });
  expect(late.rows.map((found) => found?.packed.toString())).toEqual(["A", undefined, undefined]);
  expect((await store.rows.read(view, [key("a")], 5)).isLate).toBe(false);
  answer.resolve();
});

test("waits no longer for many keys than for one, although it asks for them part by part", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const store = newStore();
  const hung = Promise.withResolvers<void>();
  store.answer = async () => {
    store.clock.ms += 15;
    store.answer = () => hung.promise;
  };
  const keys = Array.from({ length: 6_000 }, (_, index) => key(`k${index}`));
  const found = store.rows.read(view, keys, 20);
  while (store.statements.length < 2) await turn();
  vi.advanceTimersByTime(5);
  expect((await found).isLate).toBe(true);
  hung.resolve();
});

test("uses no old copy while Postgres is merely late, also after short waits for it", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const store = newStore({ a: row(1, "A") });
  await packed(store, view, "a");
  store.clock.ms = 5_000;
  store.stored = { a: row(2, "A2") };
  const end = holdNext(store);
  const short = async () => {
    const found = store.rows.read(view, [key("a")], 20);
    await turn();
    vi.advanceTimersByTime(20);
    const { isLate, rows, sources } = await found;
    return [isLate, rows[0]?.packed.toString(), sources[0]];
  };
  expect(await short()).toEqual([true, undefined, undefined]);
  // One that may wait gets the row that Postgres has.
  const long = store.rows.read(view, [key("a")], 2_000);
  end();
  expect((await long).rows[0]?.packed.toString()).toBe("A2");
  store.clock.ms = 10_000;
  const hung = holdNext(store);
  expect(await short()).toEqual([true, undefined, undefined]);
  vi.advanceTimersByTime(2_000);
  expect(await short()).toEqual([false, "A2", "cached"]);
  hung();
});

test("keeps the newer row when statements end in another order", async () => {
  const store = newStore({ a: row(1, "old"), z: row(1, "Z") });
  const answer = Promise.withResolvers<void>();
  store.answer = () => answer.promise;
  const first = packed(store, view, "a");
  await turn();
  store.answer = async () => {};
  store.stored = { ...store.stored, a: row(2, "new") };
  expect(await packed(store, view, "a")).toEqual(["new"]);
  answer.resolve();
  expect(await first).toEqual(["old"]);
  await turn();
  expect(await packed(store, view, "a")).toEqual(["new"]);
});

test("sends few statements at a time, and the keys that wait together", async () => {
  const store = newStore({});
  const answer = Promise.withResolvers<void>();
  store.answer = () => answer.promise;
  const reads: Promise<unknown>[] = [];
  for (let index = 0; index < 10; index += 1) {
    reads.push(packed(store, view, `k${index}`));
    await turn();
  }
  expect(store.statements).toHaveLength(4);
  answer.resolve();
  await Promise.all(reads);
  expect(store.statements.slice(4)).toEqual([["k4", "k5", "k6", "k7", "k8", "k9"]]);
});

test("judges ages by the clock of the database, also for rows in memory", async () => {
  const store = newStore({ a: row(1, "A") });
  store.readAt = () => (Date.now() + 3_600_000) * 1000;
  await packed(store, view, "a");
  const { readAt = 0 } = await store.rows.read(view, [key("a")]);
  expect(store.statements).toHaveLength(1);
  expect(Math.abs(readAt / 1000 - Date.now() - 3_600_000)).toBeLessThan(1_000);
});

test("shows no row as younger than it is after an answer that took seconds", async () => {
  const store = newStore({ a: row(1, "A"), b: row(1, "B") });
  const startedAt = Date.now() * 1000;
  store.readAt = () => startedAt;
  await packed(store, view, "a");
  const end = holdNext(store);
  const slow = store.rows.read(view, [key("b")], 10_000);
  await turn();
  store.clock.ms = 4_000;
  end();
  expect((await slow).readAt).toBe(startedAt + 4_000_000);
});

test("believes an answer from when it was asked for, not from when it came", async () => {
  const store = newStore({ a: row(1, "A") });
  const end = holdNext(store);
  const slow = packed(store, view, "a");
  await turn();
  store.stored = { a: row(2, "A2") };
  store.clock.ms = 900;
  end();
  expect(await slow).toEqual(["A"]);
  store.clock.ms = 999;
  expect(await packed(store, view, "a")).toEqual(["A"]);
  store.clock.ms = 1_001;
  expect(await packed(store, view, "a")).toEqual(["A2"]);
});

const failing = async () => {
  throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" });
};

test("evicts the row of a removed key, also one that is under way", async () => {
  const store = newStore({ a: row(1, "A"), b: row(1, "B"), c: row(1, "C") });
  await packed(store, view, "a", "b");
  store.clock.ms = 2_000;
  const end = holdNext(store);
  const underWay = packed(store, view, "c");
  await turn();
  const before = store.rows.bytes;
  for (const name of ["a", "c"]) store.rows.evictRemoved(view, key(name));
  expect(store.rows.bytes).toBeLessThan(before);
  end();
  await underWay;
  store.answer = failing;
  expect(await packed(store, view, "b")).toEqual(["B"]);
  for (const name of ["a", "c"]) await expect(packed(store, view, name)).rejects.toThrow("ECONNREFUSED");
});

test("evicts all rows of a view, also those under way, and keeps what is asked for later", async () => {
  const store = newStore({ a: row(1, "A"), b: row(1, "B") });
  const other = { number: 8, ttlUs: null };
  await packed(store, other, "a");
  await packed(store, view, "a");
  const end = holdNext(store);
  const underWay = packed(store, view, "b");
  await turn();
  store.rows.evictRemoved(view, null);
  end();
  await underWay;
  store.answer = failing;
  expect(await packed(store, other, "a")).toEqual(["A"]);
  for (const name of ["a", "b"]) await expect(packed(store, view, name)).rejects.toThrow("ECONNREFUSED");
  store.answer = async () => {};
  await packed(store, view, "b");
  store.answer = failing;
  store.clock.ms = 5_000;
  expect(await packed(store, view, "b")).toEqual(["B"]);
});

/** Lets the statement that is sent next wait. @returns what ends it */
function holdNext(store: ReturnType<typeof newStore>): () => void {
  const held = Promise.withResolvers<void>();
  store.answer = () => {
    store.answer = async () => {};
    return held.promise;
  };
  return held.resolve;
}

test("keeps the row of the later statement, also where the earlier one found none or one of the same time", async () => {
  const store = newStore({ b: row(5, "B") });
  const end = holdNext(store);
  const first = packed(store, view, "a", "b");
  await turn();
  store.stored = { a: row(1, "A"), b: row(5, "corrected") };
  expect(await packed(store, view, "a", "b")).toEqual(["A", "corrected"]);
  end();
  expect(await first).toEqual([undefined, "B"]);
  await turn();
  expect(await packed(store, view, "a", "b")).toEqual(["A", "corrected"]);
});

test("reads what was written here after an outage, before any other statement has succeeded", async () => {
  const store = newStore({ a: row(1, "A") });
  await packed(store, view, "a");
  store.clock.ms = 5_000;
  store.answer = async () => {
    throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" });
  };
  expect(await packed(store, view, "a")).toEqual(["A"]);
  store.answer = async () => {};
  store.stored = { a: row(2, "A2") };
  store.rows.evict(view, [key("a")]);
  expect(await packed(store, view, "a")).toEqual(["A2"]);
});

test("waits only once for a Postgres that hangs, and notices within seconds that it is back", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const store = newStore({ a: row(1, "A"), b: row(1, "B") });
  await packed(store, view, "a");
  store.clock.ms = 5_000;
  const hung = Promise.withResolvers<void>();
  store.answer = () => hung.promise;
  const first = store.rows.read(view, [key("a")], 2_000).then(({ rows }) => rows.map((one) => one?.packed.toString()));
  await turn();
  vi.advanceTimersByTime(2_000);
  expect(await first).toEqual(["A"]);
  for (let look = 0; look < 6; look += 1) {
    // No time passes, so this ends only if it does not wait.
    expect(await packed(store, view, "a")).toEqual(["A"]);
    await turn();
  }
  expect(store.statements).toHaveLength(5);
  // Postgres is back, but what was sent before gets no answer.
  store.answer = async () => {};
  store.stored = { a: row(3, "A3"), b: row(3, "B3") };
  const without = packed(store, view, "b");
  vi.advanceTimersByTime(1_000);
  expect(await without).toEqual([undefined]);
  vi.advanceTimersByTime(3_000);
  await turn();
  expect(await packed(store, view, "a", "b")).toEqual(["A3", "B3"]);
  // The answers that come after all are older.
  hung.resolve();
  await turn();
  expect(await packed(store, view, "a", "b")).toEqual(["A3", "B3"]);
});

test("keeps a late answer as a copy that it does not believe", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const store = newStore({ a: row(1, "A"), w: row(1, "W") });
  const end = holdNext(store);
  const first = store.rows.read(view, [key("a"), key("w")], 10_000);
  await turn();
  store.clock.ms = 5_000;
  vi.advanceTimersByTime(5_000);
  await expect(first).rejects.toThrow("Postgres does not respond in time.");
  store.rows.evict(view, [key("w")]);
  end();
  await turn();
  store.answer = async () => {
    throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" });
  };
  expect(await packed(store, view, "a")).toEqual(["A"]);
  expect(store.statements).toHaveLength(2);
  await expect(packed(store, view, "w")).rejects.toThrow("ECONNREFUSED");
});

const many = (from: number, count: number) => Array.from({ length: count }, (_, index) => key(`${from + index}`));

test("asks for many keys in several statements, and refuses more than it lets wait", async () => {
  const store = newStore({ a: row(1, "A") });
  await packed(store, view, "a");
  const end = holdNext(store);
  const read = (from: number, count: number) => store.rows.read(view, many(from, count), 10_000);
  const reads = [read(0, 100_000), read(100_000, 100_001), read(190_000, 90_000), read(280_000, 50_000)];
  expect(await read(400_000, 80_000).catch((reason: unknown) => reason)).toMatchObject({
    code: "unavailable",
    message: "Too many look-ups of this view are waiting for Postgres. Try again in a moment.",
  });
  end();
  for (const { isLate } of await Promise.all(reads)) expect(isLate).toBe(false);
  expect(Math.max(...store.statements.map(({ length }) => length))).toBe(100_000);
});

test("asks for few large rows at a time, and learns from the first how large they are", async () => {
  const store = newStore(undefined, 0);
  const large = row(1, "x".repeat(20_000));
  store.stored = new Proxy({}, { get: () => large });
  const { rows } = await store.rows.read(view, many(0, 12_000), 10_000);
  expect(rows.every((found) => found === large)).toBe(true);
  expect(store.statements.map(({ length }) => length)).toEqual([5_000, 1_677, 1_677, 1_677, 1_677, 292]);
  // Look-ups that come together are not merged into more.
  store.statements.length = 0;
  await Promise.all([0, 1, 2, 3].map((look) => store.rows.read(view, many(look * 1_000, 1_000), 10_000)));
  expect(store.statements.map(({ length }) => length)).toEqual([1_677, 1_677, 646]);
});

test("refuses a look-up whose rows are too large together, and no other", async () => {
  const store = newStore(undefined, 0);
  const large = row(1, "x".repeat(60_000));
  store.stored = new Proxy({}, { get: () => large });
  const small = store.rows.read(view, [key("a")], 10_000);
  expect(await store.rows.read(view, many(0, 100_000), 10_000).catch((reason: unknown) => reason)).toMatchObject({
    code: "too-large",
    message: "The rows of these keys are more than 512\u00a0MiB. Look up fewer keys per request.",
  });
  expect((await small).rows).toEqual([large]);
  const asked = store.statements.reduce((sum, { length }) => sum + length, 0);
  expect(asked).toBeLessThan(15_000);
});
