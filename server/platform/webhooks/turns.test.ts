import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, number) => `${prefix}${number}`);

/** Turns that know so many receivers by how long they took. */
function knowing(receivers: readonly string[], durationMs: number, turns = new Turns()): Turns {
  for (const receiver of receivers) {
    turns.take([receiver], []);
    turns.served(receiver, durationMs);
  }
  return turns;
}

test("gives an unknown receiver one slot, and a fast one several, whatever the backlog", () => {
  const turns = new Turns();
  expect(turns.take(["a"], [])).toEqual(new Map([["a", 1]]));
  expect(turns.take(["a"], ["a"])).toEqual(new Map());
  turns.served("a", 20);
  expect(turns.take(["a"], [])).toEqual(new Map([["a", 4]]));
  expect(turns.take(["a"], ["a", "a", "a"])).toEqual(new Map([["a", 1]]));
});

test("leaves three quarters of the slots to others with any number of slow receivers", () => {
  const dead = names("dead", 100);
  const turns = knowing(["alive"], 20, knowing(dead, 10_000));
  const slots = turns.take([...dead, "alive", "new"], []);
  expect([slots.get("alive"), slots.get("new")]).toEqual([4, 1]);
  expect(dead.filter((receiver) => slots.has(receiver))).toHaveLength(8);
  // Receivers that had no turn yet are next.
  const next = turns.take(dead, []);
  expect([...next.keys()].filter((receiver) => slots.has(receiver))).toEqual([]);
});

test("treats a slow receiver normally once it responds quickly again", () => {
  const turns = knowing(["a"], 10_000);
  expect(turns.take(["a"], []).get("a")).toBe(1);
  turns.served("a", 20);
  expect(turns.take(["a"], []).get("a")).toBe(4);
});

test("serves every busy receiver once before any of them again", () => {
  const busy = names("busy", 100);
  const turns = knowing(busy, 20);
  const seen = new Set<string>();
  for (let round = 0; round < 4; round += 1) {
    for (const receiver of turns.take(busy, []).keys()) {
      if (seen.size < busy.length) expect(seen).not.toContain(receiver);
      seen.add(receiver);
    }
  }
  expect(seen.size).toBe(busy.length);
  // A new receiver comes first, though all others have waited longer.
  expect(turns.take([...busy, "late"], busy.slice(0, 31))).toEqual(new Map([["late", 1]]));
});
