import { expect, test } from "vitest";
import { inSteps } from "./bulk-steps.ts";

const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `r${from + index}`);

test("updates named runs in steps of 500, and reports how many remain", async () => {
  const sizes: number[] = [];
  const progress: [number, number][] = [];
  const outcome = await inSteps(
    async ({ runIds = [] }) => {
      sizes.push(runIds.length);
      return { ok: true, data: { changed: runIds, left: 0 } };
    },
    { runIds: ids(0, 1_100) },
    (done, left) => progress.push([done, left]),
  );
  expect(sizes).toEqual([500, 500, 100]);
  expect(progress).toEqual([
    [500, 600],
    [1_000, 100],
    [1_100, 0],
  ]);
  expect(outcome.changed).toHaveLength(1_100);
});

test("continues a filter where the previous step ended", async () => {
  const requested: (string | undefined)[] = [];
  const steps = [
    { changed: ids(0, 2), left: 1, next: "r1" },
    { changed: ids(2, 3), left: 0 },
  ];
  const outcome = await inSteps(
    async ({ filter, after }) => {
      expect(filter).toBe("tags.team IS NULL");
      requested.push(after);
      return { ok: true, data: steps[requested.length - 1] as { changed: string[]; left: number } };
    },
    { filter: "tags.team IS NULL" },
    () => undefined,
  );
  expect(requested).toEqual([undefined, "r1"]);
  expect(outcome).toEqual({ changed: ["r0", "r1", "r2"] });
});

test("stops at the first failing step, and reports what was done before", async () => {
  let calls = 0;
  const outcome = await inSteps(
    async ({ runIds = [] }) =>
      ++calls === 1
        ? { ok: true, data: { changed: runIds, left: 0 } }
        : { ok: false, fieldErrors: { key: "Too long." } },
    { runIds: ids(0, 1_100) },
    () => undefined,
  );
  expect(calls).toBe(2);
  expect(outcome).toMatchObject({ error: "Too long." });
  expect(outcome.changed).toHaveLength(500);
});
