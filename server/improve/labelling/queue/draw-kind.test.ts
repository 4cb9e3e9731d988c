import { expect, test } from "vitest";
import { drawKind } from "./draw-kind.ts";
import { hashShare } from "./hash-share.ts";

const drawn = (
  settings: { auditShare: number; goldShare: number },
  { from, to, person = "p", seed = "s" }: { from: number; to: number; person?: string; seed?: string },
) => Array.from({ length: to - from }, (_, at) => drawKind(settings, { seed, person, given: from + at }));
const shareOf = (all: string[], kind: string) => all.filter((each) => each === kind).length / all.length;

test("draws every fifth task from the audit, and other shares as evenly", () => {
  const kinds = drawn({ auditShare: 0.2, goldShare: 0 }, { from: 0, to: 20 });
  expect(kinds.flatMap((kind, at) => (kind === "audit" ? [at + 1] : []))).toEqual([5, 10, 15, 20]);
  expect(shareOf(drawn({ auditShare: 0.35, goldShare: 0 }, { from: 0, to: 1000 }), "audit")).toBe(0.35);
  expect(shareOf(drawn({ auditShare: 1, goldShare: 0.05 }, { from: 0, to: 100 }), "audit")).toBe(1);
});

test("draws gold items at their share of all tasks, more for newcomers, at places that differ by person", () => {
  const settings = { auditShare: 0.2, goldShare: 0.05 };
  const later = drawn(settings, { from: 50, to: 20_050 });
  expect(shareOf(later, "gold")).toBeCloseTo(0.05, 2);
  const newcomers = Array.from({ length: 400 }, (_, at) =>
    drawn(settings, { from: 0, to: 50, person: `${at}` }),
  ).flat();
  expect(shareOf(newcomers, "gold")).toBeCloseTo(0.2, 1);
  expect(Math.abs(shareOf(newcomers, "gold") - 0.2)).toBeLessThan(0.01);
  const one = drawn(settings, { from: 0, to: 50 });
  expect(one).toEqual(drawn(settings, { from: 0, to: 50 }));
  expect(one).not.toEqual(drawn(settings, { from: 0, to: 50, person: "q" }));
  // Without the seed nobody can compute the places.
  expect(one).not.toEqual(drawn(settings, { from: 0, to: 50, seed: "t" }));
  expect(drawn({ auditShare: 0.2, goldShare: 0 }, { from: 0, to: 50 })).not.toContain("gold");
});

test("spreads hashes evenly", () => {
  const below = Array.from({ length: 10_000 }, (_, at) => hashShare(`${at}`)).filter((share) => share < 0.1).length;
  expect(below).toBeGreaterThan(900);
  expect(below).toBeLessThan(1100);
});
