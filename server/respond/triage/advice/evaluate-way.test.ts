import { expect, test } from "vitest";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { evaluateWay, type Way } from "./evaluate-way.ts";

const startedAt = Date.UTC(2026, 4, 4, 2, 39);
const deployedAt = new Date(startedAt - 5 * hourMs);
const way: Way = {
  model: "digits",
  version: 31,
  deployment: {
    id: 1,
    versionId: "v31",
    modelName: "digits",
    version: 31,
    providers: [],
    engine: null,
    reason: "",
    deployedBy: "Ada",
    deployedAt,
  },
  since: deployedAt.getTime(),
  lastUsedAt: startedAt + 40_000,
  servedMs: 5 * hourMs,
  quietMs: 0,
  record: null,
};
const known = { blocked: new Set<string>(), failing: new Map<string, string>(), pages: [startedAt], startedAt };

test.each<[string, Partial<typeof known>, Partial<Way>, string | null]>([
  ["may serve again when the problem began in the minute in which it was left", {}, {}, null],
  ["is blocked", { blocked: new Set(["v31"]) }, {}, "is blocked here"],
  ["fails elsewhere", { failing: new Map([["v31", "card-fraud"]]) }, {}, "fails at card-fraud"],
  ["was left since the problem began", {}, { lastUsedAt: startedAt + 15 * minuteMs }, "was left a moment ago"],
  ["had an incident", { pages: [startedAt - hourMs] }, {}, "had a page when it last served"],
  ["had one before it served", { pages: [startedAt - 9 * hourMs] }, {}, null],
  ["never served", {}, { deployment: undefined, since: null, lastUsedAt: null }, "never served here"],
])("%s", (_name, facts, of, problem) => {
  expect(evaluateWay({ ...way, ...of }, { ...known, ...facts }).problem).toBe(problem);
});

test("measures how long it served until it was left, or until its first page", () => {
  expect(evaluateWay(way, known).way.quietMs).toBe(5 * hourMs + 40_000);
  expect(evaluateWay(way, { ...known, pages: [startedAt - hourMs] }).way.quietMs).toBe(4 * hourMs);
});
