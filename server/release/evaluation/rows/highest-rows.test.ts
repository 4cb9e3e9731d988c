import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { highestRows } from "./highest-rows.ts";

test("returns each page as a full sort does, with ties in the order of rows", () => {
  const random = seededRandom(3);
  const values = Array.from({ length: 400 }, () =>
    random() < 0.1 ? Number.POSITIVE_INFINITY : Math.floor(random() * 30),
  );
  const rows = Uint32Array.from({ length: 300 }, (_, at) => at + Math.floor(at / 3));
  const rankOf = (row: number) => values[row] as number;
  const all = Array.from(rows).sort((a, b) => (rankOf(a) === rankOf(b) ? a - b : rankOf(b) - rankOf(a)));
  for (const [offset, limit] of [
    [0, 7],
    [5, 100],
    [90, 1],
    [250, 100],
    [300, 5],
    [0, 1000],
  ] as const) {
    expect(highestRows(rows, rankOf, { offset, limit })).toEqual(all.slice(offset, offset + limit));
  }
});
