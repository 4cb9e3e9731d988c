import { expect, test } from "vitest";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { findViewProblems, type ViewFacts } from "./find-view-problems.ts";

const now = 1_000 * hourMs;
const fine: ViewFacts = {
  name: "weather",
  createdAt: 0,
  ttlMs: hourMs,
  newestEventAt: now - 10 * minuteMs,
  endpoints: ["delays"],
  modelVersions: ["delays v3"],
  hasLagSlo: false,
  failed: null,
  everyMinutes: null,
  scheduledAt: 0,
  completedFrom: null,
  lookedUp: 0,
  clockAhead: 0,
};
const find = (changes: Partial<ViewFacts>) => findViewProblems({ ...fine, ...changes }, now);
const kinds = (changes: Partial<ViewFacts>) => find(changes).map(({ kind, severity }) => `${kind} ${severity}`);

test("finds nothing of a view that is as it should be", () => expect(find({})).toEqual([]));

test("finds a source without an event for longer than its TTL, if something needs the view", () => {
  const late = { newestEventAt: now - hourMs - 1 };
  expect(kinds({ newestEventAt: now - hourMs })).toEqual([]);
  expect(kinds(late)).toEqual(["source-late page"]);
  expect(kinds({ ...late, endpoints: [] })).toEqual(["source-late ticket"]);
  expect(kinds({ ...late, endpoints: [], modelVersions: [] })).toEqual([]);
  expect(kinds({ ...late, ttlMs: null })).toEqual([]);
  expect(kinds({ ...late, hasLagSlo: true })).toEqual([]);
  expect(find(late)[0]?.words).toBe(
    "The newest event is 1\u00a0h old, and values expire after 1\u00a0h. delays, delays v3 need this view.",
  );
  expect(find({ newestEventAt: null })[0]?.words).toContain("No rows have arrived yet");
});

const failed = {
  problem: "The file is gone",
  endedAt: now,
  fromEventAt: null,
  toEventAt: Date.UTC(2026, 5, 1),
  others: 0,
  isLast: true,
};

test("finds a failed materialisation and names its range", () => {
  expect(find({ failed })).toMatchObject([
    {
      kind: "materialisation-failed",
      words:
        "The materialisation from the first row to 2026-06-01T00:00:00.000Z failed: The file is gone. Its rows were not read since.",
      advice: expect.stringContaining("with the same range. Look-ups continue meanwhile"),
    },
  ]);
  expect(find({ failed: { ...failed, others: 2 } })[0]?.words).toContain(
    "not read since. 2 earlier ranges were not read either.",
  );
});

test("finds a schedule that was missed, from twice its interval on, and not also where it failed", () => {
  const schedule = { everyMinutes: 60 };
  const allowed = 2 * hourMs + 10 * minuteMs;
  expect(kinds({ ...schedule, completedFrom: now - allowed })).toEqual([]);
  expect(kinds({ ...schedule, completedFrom: now - allowed - 1 })).toEqual(["materialisation-late ticket"]);
  expect(kinds({ ...schedule, scheduledAt: now - allowed })).toEqual([]);
  expect(kinds({ ...schedule, failed })).toEqual(["materialisation-failed ticket"]);
  const began = (completedFrom: number | null) => find({ ...schedule, completedFrom, scheduledAt: 0 })[0]?.words;
  // Whole minutes, rounded down: it is no less than that.
  expect(began(now - 3 * hourMs - 50_000)).toBe(
    "The last completed materialisation began more than 3\u00a0h ago; one is due every 1\u00a0h.",
  );
  expect(began(null)).toBe("No materialisation has been completed yet; one is due every 1\u00a0h.");
  // Later ones went well, and then none began.
  expect(kinds({ ...schedule, failed: { ...failed, isLast: false } })).toEqual([
    "materialisation-failed ticket",
    "materialisation-late ticket",
  ]);
});

test("finds clocks that are ahead in more than 0.1% of look-ups, beyond chance", () => {
  expect(kinds({ lookedUp: 10_000, clockAhead: 10 })).toEqual([]);
  // P(X ≥ 3 | 100, 0.001) = 1.5e-4, P(X ≥ 1 | 100, 0.001) = 0.095.
  expect(kinds({ lookedUp: 100, clockAhead: 1 })).toEqual([]);
  expect(kinds({ lookedUp: 100, clockAhead: 3 })).toEqual(["clock-ahead ticket"]);
});
