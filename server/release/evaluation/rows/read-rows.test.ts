import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { oneAtATime } from "./one-at-a-time.ts";
import { packColumns } from "./pack-columns.ts";
import { readSetRowsOf } from "./read-rows.ts";

/** A store that counts how often a file is opened. */
function storeOf(rows: number, opened: string[]) {
  const bytes = packColumns({
    rows,
    head: { classes: [], names: {}, segments: [] },
    columns: { truth: new Float64Array(rows) },
  });
  return {
    open: async (key: string) => {
      opened.push(key);
      if (key === "absent") throw new Error("There is no such file.");
      return Readable.from([bytes]);
    },
  };
}

test("reads a file once while it is in use, and drops the one that was used least lately", async () => {
  const opened: string[] = [];
  // 80 MB each: three fit.
  const store = storeOf(10_000_000, opened);
  const read = (rowsKey: string) => readSetRowsOf({ rowsKey }, store);
  const [first, same] = await Promise.all([read("a"), read("a")]);
  expect(first).toBe(same);
  for (const key of ["b", "c", "a", "d", "a"]) await read(key);
  expect(opened).toEqual(["a", "b", "c", "d"]);
  await read("b");
  expect(opened.at(-1)).toBe("b");
  await expect(read("absent")).rejects.toThrow("no such file");
  await expect(read("absent")).rejects.toThrow("no such file");
  expect(opened.filter((key) => key === "absent")).toHaveLength(2);
});

test("computes on one large set after the other, and refuses more than can wait", async () => {
  const order: string[] = [];
  const compute = (name: string) => async () => {
    order.push(`${name} begins`);
    await new Promise(setImmediate);
    order.push(`${name} ends`);
    if (name === "b") throw new Error("b fails");
    return name;
  };
  const settled = await Promise.allSettled(["a", "b", "c"].map((name) => oneAtATime(1_000_000, compute(name))));
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(order).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  const many = Array.from({ length: 21 }, () => oneAtATime(1_000_000, async () => 1));
  await expect(Promise.all(many)).rejects.toThrow("already waiting");
  await Promise.allSettled(many);
  expect(await oneAtATime(10, async () => 2)).toBe(2);
});
