import { expect, test } from "vitest";
import { byUrgency } from "./by-urgency.ts";

type Ranked = Parameters<typeof byUrgency>[0];

function row(
  name: string,
  need: Ranked["need"],
  more: { burnRate?: number; remaining?: number; rate?: number } = {},
): Ranked {
  const { burnRate = 0, remaining = null, rate = 1 } = more;
  return {
    name,
    need,
    worst: { name, condition: { state: "on-target", word: "On pace" }, budget: { burnRate, remaining } as never },
    recent: { requestsPerSecond: rate, errorShare: null, latencyMsP95: null },
  };
}

const sorted = (...rows: Ranked[]) => rows.toSorted(byUrgency).map(({ name }) => name);

test("puts endpoints that need action first, the costliest fault on top", () => {
  expect(
    sorted(
      row("idle", "idle"),
      row("well", "healthy"),
      row("watched", "watch", { burnRate: 50, rate: 50 }),
      row("slow-burn", "action", { burnRate: 2, rate: 10 }),
      row("fast-burn", "action", { burnRate: 30, rate: 5 }),
    ),
  ).toEqual(["fast-burn", "slow-burn", "watched", "well", "idle"]);
});

test("puts healthy endpoints with the least budget first, and those without a budget last", () => {
  const without: Ranked = { ...row("without", "healthy"), worst: null };
  expect(
    sorted(
      without,
      row("plenty", "healthy", { remaining: 0.9 }),
      row("scarce", "healthy", { remaining: 0.1, rate: 0 }),
    ),
  ).toEqual(["scarce", "plenty", "without"]);
});

test("sorts equals by name", () => {
  expect(sorted(row("b", "idle"), row("a", "idle"))).toEqual(["a", "b"]);
});
