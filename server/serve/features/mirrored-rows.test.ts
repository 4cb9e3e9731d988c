import { setImmediate as turn } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import type { ReadRows, WrittenRow } from "#server/develop/features/rows/feature-rows.ts";
import type { CopiedRows } from "#server/develop/features/rows/redis/redis-rows.ts";
import { MirroredRows } from "./mirrored-rows.ts";

const view = { number: 7, ttlUs: null };
const row = (text: string) => ({ eventAt: 1, createdAt: 1, packed: Buffer.from(text) });
const secondUs = 1_000_000;
const hung = <Result>() => new Promise<Result>(() => {});
const refused = () => {
  throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" });
};

/** Rows that are in both places, each of which can be told what to do. Time passes only when it is told to. */
function newRows() {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const clock = { ms: 0 };
  const copy: CopiedRows = { rows: [row("Redis")], readAt: 0, time: 0, completeAt: 0, epoch: "a", identity: "here" };
  const store = {
    clock,
    copy,
    asked: { redis: 0, postgres: 0 },
    redis: async (): Promise<CopiedRows | undefined> => ({ ...copy, time: clock.ms * 1000, readAt: clock.ms * 1000 }),
    postgres: async (): Promise<ReadRows> => ({ rows: [row("Postgres")], readAt: 0 }),
    written: async (_identity: string): Promise<{ epoch: string; time: number } | undefined> => ({
      epoch: "a",
      time: clock.ms * 1000,
    }),
    respond: async (): Promise<void> => {},
    identity: async (): Promise<string> => "here",
  };
  const rows = new MirroredRows(
    {
      readCopy: () => {
        store.asked.redis += 1;
        return store.redis();
      },
      writeCommitted: (_number, _rows, identity) => store.written(identity),
      respond: () => store.respond(),
    },
    {
      read: async () => {
        store.asked.postgres += 1;
        return store.postgres();
      },
    },
    () => store.identity(),
    () => clock.ms,
  );
  onTestFinished(() => {
    rows.close();
    vi.useRealTimers();
  });
  const pass = async (ms: number) => {
    await turn();
    clock.ms += ms;
    vi.advanceTimersByTime(ms);
    await turn();
    await turn();
  };
  /** Reads, while time passes. @returns what was read, "waits" if nothing was by then */
  const read = async (withinMs = 0) => {
    let found: string | undefined;
    const reading = rows.read(view, [Buffer.from("k")]).then(
      ({ rows: [first] }) => {
        found = first?.packed.toString();
      },
      (error: Error) => {
        found = error.message;
      },
    );
    await turn();
    for (let ms = 0; ms < withinMs && found === undefined; ms += 1) await pass(1);
    await Promise.race([reading, turn()]);
    return found ?? "waits";
  };
  return { rows, store, clock, pass, read, write: () => rows.write(7, [{} as WrittenRow]) };
}

/** The same, once it is known which database Postgres is. */
async function newKnownRows() {
  const known = newRows();
  await known.read();
  known.store.asked = { redis: 0, postgres: 0 };
  return known;
}

test("reads from Redis while all rows are there, and from Postgres otherwise", async () => {
  const { store, clock, read } = await newKnownRows();
  expect(await read()).toBe("Redis");
  expect(store.asked.postgres).toBe(0);
  clock.ms = 2_001;
  expect(await read()).toBe("Postgres");
});

test("asks Postgres beside a Redis that is slower than usual, and takes what comes first", async () => {
  const { store, pass, read } = await newKnownRows();
  store.copy.completeAt = secondUs;
  const slow = Promise.withResolvers<CopiedRows>();
  store.redis = () => slow.promise;
  expect(await read(7)).toBe("waits");
  expect(store.asked.postgres).toBe(0);
  await pass(100);
  expect(await read(20)).toBe("Postgres");
  store.postgres = () => hung();
  const reading = read(30);
  await pass(10);
  slow.resolve({ ...store.copy });
  expect(await reading).toBe("Redis");
});

test("lets no look-up wait for a Redis that hangs, once that is known, and turns to it when it is back", async () => {
  const { store, clock, pass, read } = await newKnownRows();
  store.copy.completeAt = 3_600 * secondUs;
  store.redis = async () => {
    await new Promise((resolve) => setTimeout(resolve, 110));
    throw new Error("It does not respond in time.");
  };
  store.respond = store.redis as never;
  // Each of those that came before it was known has waited for eight milliseconds.
  expect(await read(10)).toBe("Postgres");
  await pass(110);
  const asked = store.asked.redis;
  for (let look = 0; look < 500; look += 1) {
    expect(await read()).toBe("Postgres");
    await pass(20);
  }
  expect([store.asked.redis, clock.ms]).toEqual([asked, expect.any(Number)]);
  store.respond = async () => {};
  store.redis = async () => ({ ...store.copy, time: clock.ms * 1000 });
  await pass(1_000);
  expect(await read()).toBe("Redis");
});

test("sends few statements to Postgres beside reads of a slow Redis", async () => {
  const { store, pass, read } = await newKnownRows();
  store.redis = () => hung();
  store.postgres = () => hung();
  const reads = Array.from({ length: 20 }, () => read());
  await pass(10);
  await Promise.all(reads);
  expect(store.asked).toEqual({ redis: 20, postgres: 8 });
});

test("waits once for a Postgres that hangs while there are rows in Redis, and notices that it is back", async () => {
  const { store, clock, pass, read } = await newKnownRows();
  clock.ms = 10_000;
  store.postgres = () => hung();
  expect(await read(1_400)).toBe("waits");
  await pass(200);
  for (let look = 0; look < 100; look += 1) {
    expect(await read()).toBe("Redis");
    await pass(20);
  }
  expect(store.asked.postgres).toBeLessThan(10);
  store.postgres = async () => ({ rows: [row("Postgres")], readAt: 0 });
  await pass(500);
  expect(await read()).toBe("Redis");
  expect(await read()).toBe("Postgres");
  store.postgres = async () => refused();
  expect(await read()).toBe("Redis");
  store.redis = async () => undefined;
  expect(await read()).toContain("ECONNREFUSED");
});

test("reads from Postgres what could not be written to Redis, until all that was committed by then is there", async () => {
  const { store, clock, read, write } = await newKnownRows();
  store.written = async () => undefined;
  clock.ms = 100;
  await write();
  clock.ms = 200;
  expect(await read()).toBe("Postgres");
  store.copy.completeAt = 150_000;
  expect(await read()).toBe("Postgres");
  store.copy.completeAt = 200_001;
  expect(await read()).toBe("Redis");
});

test("believes no rows that were read before a write failed", async () => {
  const { store, clock, read, write } = await newKnownRows();
  store.written = async () => undefined;
  await write();
  // A read for the first write ends after the second one.
  const reply = Promise.withResolvers<CopiedRows>();
  store.redis = () => reply.promise;
  const reading = read(2);
  clock.ms = 100;
  await write();
  reply.resolve({ ...store.copy, time: 50_000, completeAt: 60_000 });
  expect(await reading).toBe("Postgres");
  store.redis = async () => ({ ...store.copy, time: 110_000, completeAt: 60_000 });
  expect(await read()).toBe("Postgres");
});

test("waits for the worker when other hashes take the place of those that were written here", async () => {
  const { store, clock, read, write } = await newKnownRows();
  clock.ms = 100;
  await write();
  expect(await read()).toBe("Redis");
  Object.assign(store.copy, { epoch: "b", completeAt: 90_000 });
  expect(await read()).toBe("Postgres");
  store.copy.completeAt = 100_001;
  expect(await read()).toBe("Redis");
});

test("uses no rows of another database, and notices that it is another one itself", async () => {
  const { store, clock, read } = newRows();
  store.identity = async () => refused();
  expect(await read()).toBe("Postgres");
  store.identity = async () => "here";
  clock.ms = 500;
  for (const from of ["Postgres", "Redis"]) expect(await read()).toBe(from);
  // Another installation was given this Redis.
  store.copy.identity = "there";
  for (let look = 0; look < 10; look += 1) expect(await read()).toBe("Postgres");
  store.identity = async () => "there";
  clock.ms = 1_000;
  for (const from of ["Postgres", "Redis"]) expect(await read()).toBe(from);
  // An older worker does not say whose rows they are.
  store.copy.identity = undefined;
  expect(await read()).toBe("Redis");
});

test("says with each write of which database the rows are, and leaves them to the worker until it knows", async () => {
  const { store, clock, pass, read, write } = newRows();
  const written: string[] = [];
  const take = async (identity: string) => {
    written.push(identity);
    return { epoch: "a", time: clock.ms * 1000 };
  };
  store.written = take;
  await write();
  expect(written).toEqual([]);
  await pass(100);
  store.copy.completeAt = 50_000;
  expect(await read()).toBe("Postgres");
  store.copy.completeAt = 100_001;
  expect(await read()).toBe("Redis");
  await write();
  expect(written).toEqual(["here"]);
  // Postgres has failed over, and nobody looks anything up.
  store.identity = async () => "promoted";
  store.written = async () => undefined;
  clock.ms = 1_000;
  await write();
  await pass(0);
  store.written = take;
  await write();
  expect(written).toEqual(["here", "promoted"]);
});
