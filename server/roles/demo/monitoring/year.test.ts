import { expect, test } from "vitest";
import { readFlightSeasons } from "../recording.ts";
import { seasonAt, seasonsOf } from "./year.ts";

test("starts with the winter of the training data, continues month by month, and starts again", async () => {
  const seasons = seasonsOf(await readFlightSeasons(), { winterSeconds: 300, springSeconds: 20, monthSeconds: 60 });
  expect(seasons.map(({ name }) => name)).toEqual([
    "winter",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
  ]);
  const nameAt = (seconds: number) => seasonAt(seasons, seconds)?.name;
  expect([0, 299.9, 300, 319.9, 320, 340, 399.9, 759.9, 760].map(nameAt)).toEqual([
    "winter",
    "winter",
    "Apr",
    "Apr",
    "May",
    "Jun",
    "Jun",
    "Dec",
    "winter",
  ]);
});

test("has all inputs and a label for every flight, and separate flights per month", async () => {
  const { winter, later } = await readFlightSeasons();
  expect(winter).toHaveLength(2500);
  expect([...later.values()].map((samples) => samples.length)).toEqual(new Array(9).fill(500));
  for (const { inputs, label } of [...winter, ...[...later.values()].flat()]) {
    expect(inputs).toHaveLength(10);
    expect(["on time", "delayed"]).toContain(label);
  }
});
