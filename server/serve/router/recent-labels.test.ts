import { expect, test } from "vitest";
import { RecentLabels } from "./recent-labels.ts";

test("gives an id to the first request of an endpoint that has it", () => {
  const labels = new RecentLabels();
  expect([labels.claim("a", "x"), labels.claim("a", "x"), labels.claim("b", "x")]).toEqual([true, false, true]);
});

test("remembers an id that is sent all the time, however many others are", () => {
  const labels = new RecentLabels();
  labels.claim("a", "constant");
  const claimed = Array.from({ length: 200_000 }, (_, index) => {
    labels.claim("a", `id ${index}`);
    return index % 1000 === 0 && labels.claim("a", "constant");
  });
  expect(claimed.filter(Boolean)).toEqual([]);
});
