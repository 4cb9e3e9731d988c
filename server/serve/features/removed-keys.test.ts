import { expect, onTestFinished, test, vi } from "vitest";
import { RemovedKeys } from "./removed-keys.ts";

const flush = async () => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

/** What looks for removals, the removals that there are, and what it evicts. */
function newRemovedKeys() {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const clock = { ms: 0 };
  const removals: { id: string; viewNumber: number; key: Buffer | null }[] = [];
  const looks: number[] = [];
  const evicted: string[] = [];
  const store = { isAway: false };
  const removed = new RemovedKeys(
    async (withinMs) => {
      looks.push(withinMs);
      if (store.isAway) throw new Error("connect ECONNREFUSED");
      return removals.map((one) => ({ ...one }));
    },
    ({ viewNumber, key }) => evicted.push(`${viewNumber} ${key?.toString() ?? "all"}`),
    () => clock.ms,
  );
  onTestFinished(async () => {
    await removed.close();
    vi.useRealTimers();
  });
  const pass = async (ms: number) => {
    clock.ms += ms;
    vi.advanceTimersByTime(ms);
    await flush();
  };
  return { removed, removals, looks, evicted, store, pass };
}

test("evicts a removed key at once, and again when copies of rows have it no more, also if it has ended by then", async () => {
  const { removed, removals, evicted, pass } = newRemovedKeys();
  await pass(10_000);
  removals.push({ id: "1", viewNumber: 7, key: Buffer.from("a") });
  removed.check();
  await pass(0);
  expect(evicted).toEqual(["7 a"]);
  removals[0] = { id: "1", viewNumber: 7, key: null };
  await pass(3_000);
  expect(evicted).toEqual(["7 a", "7 a"]);
  removed.check();
  await pass(10_000);
  expect(evicted).toHaveLength(2);
});

test("evicts all rows of a view if the removal has ended before", async () => {
  const { removed, removals, evicted, pass } = newRemovedKeys();
  await pass(10_000);
  removals.push({ id: "1", viewNumber: 7, key: null });
  removed.check();
  await pass(0);
  await pass(3_000);
  await pass(60_000);
  expect(evicted).toEqual(["7 all", "7 all"]);
});

test("looks once for news that come together, and later for what came while it looked", async () => {
  const { removed, looks, pass } = newRemovedKeys();
  await pass(10_000);
  for (let news = 0; news < 5; news += 1) removed.check();
  await pass(0);
  expect(looks).toHaveLength(1);
  for (let news = 0; news < 5; news += 1) removed.check();
  await pass(499);
  expect(looks).toHaveLength(1);
  await pass(1);
  expect(looks).toHaveLength(2);
});

test("looks until Postgres answers, and back to the last time that it did", async () => {
  const { removed, removals, looks, evicted, store, pass } = newRemovedKeys();
  store.isAway = true;
  await pass(1_000);
  removals.push({ id: "1", viewNumber: 7, key: Buffer.from("a") });
  removed.check();
  for (let second = 0; second < 60; second += 1) await pass(1_000);
  expect(evicted).toEqual([]);
  store.isAway = false;
  await pass(1_000);
  expect(evicted).toEqual(["7 a"]);
  expect(looks.at(-1)).toBeGreaterThanOrEqual(60_000 + 600_000);
  await pass(3_000);
  expect(looks.at(-1)).toBeLessThan(610_000);
});
