import { setImmediate as turn } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import type { ArrivedRow, Position } from "#server/develop/features/arrivals/follow-arrivals.ts";
import type { KeyedRow } from "#server/develop/features/rows/feature-rows.ts";
import { HeldView } from "./held-view.ts";
import { HeldViews } from "./held-views.ts";

const key = (text: string) => Buffer.from(text);
const row = (name: string, eventAt: number, text: string, createdAt = 0): KeyedRow => ({
  key: key(name),
  eventAt,
  createdAt,
  packed: Buffer.from(text),
});

type Written = KeyedRow & { sequence: number; viewNumber: number };

/** A store with rows of views, what has arrived, and a clock. Positions are the number of arrivals that were seen. */
function newStore({ maxBytes = 1_000_000, maxViewBytes = 1_000_000, minLookUps = 1 } = {}) {
  const clock = { ms: 0 };
  const store = {
    clock,
    identity: "a",
    clockUs: 0,
    scanned: new Map<number, KeyedRow[][]>(),
    written: [] as Written[],
    removals: new Map<number, string>(),
    follows: [] as (readonly number[])[],
    scans: 0,
    pageRows: Number.MAX_SAFE_INTEGER,
    /** Waited for before each page of a scan, and each round. */
    onScan: async (): Promise<void> => {},
    onFollow: async (): Promise<void> => {},
    views: undefined as unknown as HeldViews,
  };
  const position = (): Position => ({
    snapshot: String(store.written.length),
    identity: store.identity,
    readAt: store.clockUs + clock.ms * 1000,
  });
  store.views = new HeldViews(
    {
      sizeOf: async (number, maxRows) => {
        const rows = (store.scanned.get(number) ?? []).flat();
        const packedBytes = rows.reduce((sum, { key, packed }) => sum + key.length + packed.length, 0);
        return { rows: Math.min(rows.length, maxRows), packedBytes };
      },
      async *scan(number) {
        store.scans += 1;
        for (const page of store.scanned.get(number) ?? []) {
          await store.onScan();
          yield page;
        }
      },
      position: async () => position(),
      removals: async () => store.removals,
      async *arrivals(since, numbers) {
        store.follows.push(numbers);
        const reached = position();
        const rows = store.written
          .slice(Number(since.snapshot))
          .filter(({ viewNumber }) => numbers.includes(viewNumber));
        await store.onFollow();
        for (let from = 0; from === 0 || from < rows.length; from += store.pageRows) {
          yield { rows: rows.slice(from, from + store.pageRows) as unknown as ArrivedRow[], position: reached };
        }
      },
    },
    { maxBytes, maxViewBytes, minLookUps },
    () => clock.ms,
  );
  onTestFinished(() => store.views.close());
  return store;
}

type Store = ReturnType<typeof newStore>;

/** Rows of a look-up, by key; undefined if they are not in memory. */
const look = (store: Store, number: number, ...names: string[]) =>
  store.views.read(number, names.map(key))?.rows.map((found) => found?.packed.toString());

async function hold(store: Store, number: number, ...rows: KeyedRow[]): Promise<void> {
  store.scanned.set(number, [rows]);
  expect(look(store, number, "a")).toBeUndefined();
  await store.views.settled();
}

test("loads a view that is looked up often, and says that its rows are held", async () => {
  const store = newStore({ minLookUps: 3 });
  store.scanned.set(7, [[row("a", 1, "A")], [row("b", 1, "B")]]);
  for (let lookUp = 0; lookUp < 2; lookUp += 1) look(store, 7, "a");
  store.clock.ms = 10_001;
  // Too long ago to be counted.
  for (let lookUp = 0; lookUp < 2; lookUp += 1) look(store, 7, "a");
  await store.views.settled();
  expect(store.scans).toBe(0);
  look(store, 7, "a");
  await store.views.settled();
  expect(store.views.read(7, [key("b"), key("x"), key("a")])).toMatchObject({
    rows: [{ eventAt: 1 }, undefined, { eventAt: 1 }],
    sources: ["held", "held", "held"],
    isLate: false,
  });
});

test("takes what arrives while it loads and afterwards, the newest by event, created time and order of writing", async () => {
  const store = newStore();
  const arrive = (sequence: number, one: KeyedRow, viewNumber = 7) =>
    store.written.push({ ...one, sequence, viewNumber });
  arrive(1, row("before", 1, "stepped over"));
  let pages = 0;
  store.onScan = async () => {
    pages += 1;
    if (pages !== 2) return;
    arrive(2, row("a", 2, "A2"));
    arrive(4, row("equal", 1, "second"));
    arrive(3, row("equal", 1, "first"));
    arrive(5, row("b", 0, "older"));
    arrive(6, row("a", 9, "of another view"), 8);
  };
  store.scanned.set(7, [[row("a", 1, "A"), row("equal", 1, "second")], [row("b", 1, "B")]]);
  look(store, 7, "a");
  await store.views.settled();
  expect(look(store, 7, "a", "b", "equal", "before")).toEqual(["A2", "B", "second", undefined]);
  arrive(7, row("c", 1, "C", 5));
  arrive(8, row("c", 1, "C corrected", 6));
  arrive(9, row("c", 1, "C late", 5));
  await store.views.follow();
  expect(look(store, 7, "c")).toEqual(["C corrected"]);
});

test("gives no rows that may not be current, and follows again once the view is used", async () => {
  const store = newStore();
  await hold(store, 7, row("a", 1, "A"));
  expect(look(store, 7, "a")).toEqual(["A"]);
  store.written.push({ ...row("a", 2, "A2"), sequence: 1, viewNumber: 7 });
  store.clock.ms = 1_001;
  expect(look(store, 7, "a")).toBeUndefined();
  await store.views.follow();
  expect(look(store, 7, "a")).toEqual(["A2"]);
});

test("withholds keys that were written here until they have arrived", async () => {
  const store = newStore();
  await hold(store, 7, row("a", 1, "A"), row("b", 1, "B"));
  // A round that began before the commit ends after it.
  const round = Promise.withResolvers<void>();
  store.onFollow = () => round.promise;
  const under = store.views.follow();
  await turn();
  store.written.push({ ...row("a", 2, "A2"), sequence: 1, viewNumber: 7 });
  store.views.evict({ number: 7 }, [key("a")]);
  round.resolve();
  await under;
  expect([look(store, 7, "a"), look(store, 7, "b")]).toEqual([undefined, ["B"]]);
  await store.views.follow();
  expect(look(store, 7, "a")).toEqual(["A2"]);
});

test("serves what it has while Postgres fails or hangs, and only for as long", async () => {
  const store = newStore();
  await hold(store, 7, row("a", 1, "A"));
  const fail = async () => {
    throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" });
  };
  store.onFollow = fail;
  store.clock.ms = 60_000;
  await store.views.follow();
  expect(look(store, 7, "a")).toEqual(["A"]);
  const hung = Promise.withResolvers<void>();
  store.onFollow = () => hung.promise;
  await turn();
  store.clock.ms = 60_500;
  void store.views.follow();
  await turn();
  store.clock.ms = 63_000;
  expect(look(store, 7, "a")).toEqual(["A"]);
  store.written.push({ ...row("a", 2, "A2"), sequence: 1, viewNumber: 7 });
  hung.resolve();
  store.onFollow = fail;
  await store.views.follow();
  // Nobody looked for a while, so nothing shows that Postgres is still away.
  store.clock.ms = 100_000;
  store.onFollow = async () => {};
  expect(look(store, 7, "a")).toBeUndefined();
  expect(store.views.readAnyway(7, [key("a")], true)?.rows[0]?.eventAt).toBe(1);
  // The round under way is merely late, as far as is known.
  expect(store.views.readAnyway(7, [key("a")], false)).toBeUndefined();
  await store.views.follow();
  expect(look(store, 7, "a")).toEqual(["A2"]);
});

test("reads a view anew after another database, and after a gap in which arrivals may have been packed", async () => {
  const store = newStore();
  await hold(store, 7, row("a", 1, "A"));
  store.identity = "restored";
  store.scanned.set(7, [[row("a", 0, "restored")]]);
  await store.views.follow();
  expect(store.views.readAnyway(7, [key("a")], true)).toBeUndefined();
  look(store, 7, "a");
  await store.views.settled();
  expect(look(store, 7, "a")).toEqual(["restored"]);
  store.clock.ms = 600_001;
  await store.views.follow();
  expect(store.views.bytes).toBe(0);
  look(store, 7, "a");
  await store.views.settled();
  expect(look(store, 7, "a")).toEqual(["restored"]);
});

test("holds no view that is too large, also if it grows, and measures it again later", async () => {
  const store = newStore({ maxViewBytes: 1_000 });
  store.scanned.set(7, [[row("a", 1, "x".repeat(1_000))]]);
  look(store, 7, "a");
  await store.views.settled();
  expect([store.scans, store.views.bytes]).toEqual([0, 0]);
  store.scanned.set(7, [[row("a", 1, "x".repeat(900))]]);
  look(store, 7, "a");
  await store.views.settled();
  expect(store.scans).toBe(0);
  store.clock.ms = 600_001;
  look(store, 7, "a");
  await store.views.settled();
  expect(look(store, 7, "a")).toHaveLength(1);
  store.written.push({ ...row("b", 1, "x".repeat(200)), sequence: 1, viewNumber: 7 });
  await store.views.follow();
  expect(store.views.readAnyway(7, [key("a")], true)).toBeUndefined();
});

test("keeps all views within the memory, and drops those that were not used for a minute", async () => {
  const store = newStore({ maxBytes: 3_000 });
  const large = (name: string) => row(name, 1, name.repeat(1_000));
  await hold(store, 1, large("a"));
  await hold(store, 2, large("a"));
  await hold(store, 3, large("a"));
  const held = () => [1, 2, 3].filter((number) => store.views.readAnyway(number, [], true));
  expect(held()).toEqual([1, 2]);
  expect(store.views.bytes).toBeLessThanOrEqual(3_000);
  store.clock.ms = 60_000;
  look(store, 2, "a");
  store.clock.ms = 600_000;
  look(store, 2, "a");
  await store.views.follow();
  store.clock.ms = 600_001;
  look(store, 3, "a");
  await store.views.settled();
  expect(held()).toEqual([2, 3]);
});

test("judges ages by the clock of the database", async () => {
  const store = newStore();
  store.clockUs = (Date.now() + 3_600_000) * 1000;
  await hold(store, 7, row("a", 1, "A"));
  const { readAt = 0 } = store.views.read(7, [key("a")]) ?? {};
  expect(Math.abs(readAt / 1000 - Date.now() - 3_600_000)).toBeLessThan(1_000);
});

test("reads all views in one statement, and none while nobody looks", async () => {
  const store = newStore();
  await hold(store, 1, row("a", 1, "A"));
  await hold(store, 2, row("a", 1, "B"));
  store.follows.length = 0;
  await store.views.follow();
  expect(store.follows).toEqual([[1, 2]]);
});

test("reads a view anew when an entity key was removed from it, and no other", async () => {
  const store = newStore();
  await hold(store, 7, row("a", 1, "A"), row("b", 1, "B"));
  await hold(store, 8, row("a", 1, "other"));
  store.removals.set(7, "1/0");
  store.scanned.set(7, [[row("b", 1, "B")]]);
  await store.views.follow();
  expect([look(store, 7, "a", "b"), look(store, 8, "a")]).toEqual([undefined, ["other"]]);
  await store.views.settled();
  expect(look(store, 7, "a", "b")).toEqual([undefined, "B"]);
});

/** Lets time pass, with rounds and pauses. */
async function pass(store: Store, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    store.clock.ms += 250;
    vi.advanceTimersByTime(250);
    await turn();
  }
}

function useFakeTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}

test("notes no keys that are written here while nobody looks, and shows them to who looks next", async () => {
  useFakeTimers();
  const store = newStore();
  await hold(store, 7, row("a", 1, "A"));
  await pass(store, 5_250);
  const rounds = store.follows.length;
  // Nobody has looked for five seconds, but the last round was a moment ago.
  store.written.push({ ...row("a", 2, "A2"), sequence: 1, viewNumber: 7 });
  const noteWritten = vi.spyOn(HeldView.prototype, "noteWritten");
  for (let push = 0; push < 100; push += 1) store.views.evict({ number: 7 }, [key(`k${push}`), key("a")]);
  expect(noteWritten).not.toHaveBeenCalled();
  expect(look(store, 7, "a")).toBeUndefined();
  expect(store.views.readAnyway(7, [key("a")], false)).toBeUndefined();
  await store.views.follow();
  expect(look(store, 7, "a")).toEqual(["A2"]);
  expect(store.follows.length).toBe(rounds + 1);
});

test("drops a view that waits for more written keys than can be", async () => {
  const store = newStore();
  await hold(store, 7, row("a", 1, "A"));
  const many = (from: number) => Array.from({ length: 100_000 }, (_, index) => key(`${from + index}`));
  for (const from of [0, 100_000]) store.views.evict({ number: 7 }, many(from));
  expect(store.views.bytes).toBeGreaterThan(0);
  store.views.evict({ number: 7 }, [key("a")]);
  expect(store.views.bytes).toBe(0);
});

test("drops views after ten minutes in which nobody looks, and when a key is removed meanwhile", async () => {
  useFakeTimers();
  const store = newStore();
  await hold(store, 7, row("a", 1, "A"));
  await hold(store, 8, row("a", 1, "B"));
  await pass(store, 6_000);
  store.views.evictRemoved(8);
  expect(store.views.readAnyway(8, [key("a")], true)).toBeUndefined();
  expect(store.views.readAnyway(7, [key("a")], true)).toBeDefined();
  await pass(store, 600_000);
  expect(store.views.bytes).toBe(0);
});

test("serves no removed row when following pauses right after a round that did not see the removal", async () => {
  useFakeTimers();
  const store = newStore();
  await hold(store, 7, row("a", 1, "A"));
  await pass(store, 5_000);
  const round = Promise.withResolvers<void>();
  store.onFollow = () => round.promise;
  const under = store.views.follow();
  await turn();
  store.removals.set(7, "1/0");
  store.views.evictRemoved(7);
  const rounds = store.follows.length;
  await pass(store, 500);
  round.resolve();
  await under;
  await pass(store, 1_000);
  expect(store.follows.length).toBe(rounds);
  expect(store.views.readAnyway(7, [key("a")], true)).toBeUndefined();
});

test("holds no view from which a key was removed while it was read", async () => {
  const store = newStore();
  store.scanned.set(7, [[row("a", 1, "A")], [row("b", 1, "B")]]);
  let pages = 0;
  store.onScan = async () => {
    pages += 1;
    if (pages !== 2) return;
    store.removals.set(7, "1/0");
    store.views.evictRemoved(7);
  };
  look(store, 7, "a");
  await store.views.settled();
  expect(store.views.readAnyway(7, [key("a")], true)).toBeUndefined();
  store.scanned.set(7, [[row("b", 1, "B")]]);
  look(store, 7, "a");
  await store.views.settled();
  expect(look(store, 7, "a", "b")).toEqual([undefined, "B"]);
});

test("stops reading what has arrived once a view has no room for it", async () => {
  const store = newStore({ maxViewBytes: 1_000 });
  await hold(store, 7, row("a", 1, "A"));
  store.pageRows = 1;
  for (let index = 0; index < 10; index += 1) {
    store.written.push({ ...row(`${index}`, 1, "x".repeat(400)), sequence: index, viewNumber: 7 });
  }
  const take = vi.spyOn(HeldView.prototype, "take");
  await store.views.follow();
  expect(take).toHaveBeenCalledTimes(3);
  expect(store.views.bytes).toBe(0);
});
