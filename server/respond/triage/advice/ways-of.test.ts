import { expect, test } from "vitest";
import { hourMs } from "#server/base/durations.ts";
import { evaluateWay } from "./evaluate-way.ts";
import { waysOf } from "./ways-of.ts";

const now = Date.UTC(2026, 4, 4, 3);

/** A history of versions, newest first, with the hours since each was deployed. */
const historyOf = (...served: [version: number, hoursAgo: number][]) =>
  served.map(([version, hoursAgo], index) => ({
    id: served.length - index,
    versionId: `v${version}`,
    modelName: "digits",
    version,
    providers: [],
    engine: null,
    reason: "",
    deployedBy: "Ada",
    deployedAt: new Date(now - hoursAgo * hourMs),
  }));

test("counts a version that was deployed again while it served as one that went on serving", () => {
  const [, before] = waysOf(historyOf([6, 1], [2, 1.01], [2, 300], [3, 310], [2, 400]), now);
  expect(before).toMatchObject({ version: 2, since: now - 300 * hourMs, lastUsedAt: now - hourMs });
  expect(before?.servedMs).toBeCloseTo((299 + 90) * hourMs);
  const known = { blocked: new Set<string>(), failing: new Map<string, string>(), startedAt: now - hourMs };
  const evaluated = (pages: number[]) => before && evaluateWay(before, { ...known, pages });
  // Pages count only while it last served.
  expect(evaluated([now - 350 * hourMs])).toMatchObject({ problem: null, way: { quietMs: 299 * hourMs } });
  expect(evaluated([now - 200 * hourMs])?.problem).toBe("had a page when it last served");
});

test("counts a version that came back after another one from its return", () => {
  const ways = waysOf(historyOf([2, 1], [3, 2], [2, 5]), now);
  expect(ways.map(({ version, since, servedMs }) => [version, since, servedMs])).toEqual([
    [2, now - hourMs, 4 * hourMs],
    [3, now - 2 * hourMs, hourMs],
  ]);
});
