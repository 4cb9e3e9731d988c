import { expect, test } from "vitest";
import { overlaid } from "./overlaid.ts";

const line = (id: string, value: number) => ({ id, label: id, points: [{ at: 10, value }] });

test("overlays one labelled line of the other range, shifted onto the current one", () => {
  const lines = overlaid([line("p99", 9), line("p95", 5)], [line("p99", 90), line("p95", 50)], {
    shift: 100,
    label: "a week before",
  });
  expect(lines.slice(0, 2).map(({ id }) => id)).toEqual(["p99", "p95"]);
  expect(lines[2]).toMatchObject({ label: "p95, a week before", kind: "estimate", points: [{ at: 110, value: 50 }] });
});

test("adds nothing for a range without lines", () => {
  expect(overlaid([line("v1", 1)], [], { shift: 1, label: "x" })).toHaveLength(1);
});
