import { expect, test } from "vitest";
import type { BatchItem, ItemSide } from "#server/serve/playground/contract.ts";
import { batchCsv, summaryOf } from "./batch-summary.ts";

const result = (text: string, latencyMs: number): ItemSide => ({ answer: { text, share: 0.5, latencyMs } });
const problem: ItemSide = { problem: { kind: "input", message: 'no "PNG", really' } };
const item = (index: number, sides: ItemSide[], agrees: boolean | null, maxAbsolute: number | null): BatchItem => ({
  place: index,
  name: `row ${index + 1}`,
  result: { sides, agrees, maxAbsolute },
});

test("counts agreement among compared items, latency among predicted ones", () => {
  const items = [
    ...Array.from({ length: 19 }, (_, at) => item(at, [result("7", at + 1), result("7", 10)], true, 0.01)),
    item(19, [result("7", 20), result("1", 40)], false, 0.6),
    item(20, [result("7", 100), problem], null, null),
  ];
  const summary = summaryOf(items, 2);
  expect(summary).toMatchObject({ compared: 20, agreeing: 19, maxAbsolute: 0.6 });
  expect(summary.meanAbsolute).toBeCloseTo((19 * 0.01 + 0.6) / 20, 12);
  expect(summary.sides[0]).toMatchObject({
    answered: 21,
    failed: 0,
    latencyMsP50: 11,
    latencyMsP95: 20,
    maxLatencyMs: 100,
  });
  expect(summary.sides[1]).toMatchObject({ answered: 20, failed: 1, latencyMsP50: 10, latencyMsP95: 10 });
  expect(summary.sides[0]?.latencyCounts.reduce((a, b) => a + b)).toBe(21);
  expect(summary.sides[0]?.latencyCounts.at(-1)).toBe(1);
});

test("returns null before the first prediction", () => {
  expect(summaryOf([], 1)).toMatchObject({ compared: 0, maxAbsolute: null, meanAbsolute: null });
  expect(summaryOf([], 1).sides[0]).toMatchObject({ answered: 0, latencyMsP50: null, maxLatencyMs: null });
});

test("writes one CSV line per item, quoted where needed and without formulas", () => {
  const items = [
    item(0, [result("=1+1", 1.5), problem], null, null),
    item(1, [result("-7", 2), result("7", 3)], false, 0.25),
  ];
  expect(batchCsv(items, ["v1", "v2"]).split("\r\n")).toEqual([
    "item,v1 prediction,v1 share,v1 latency ms,v1 problem,v2 prediction,v2 share,v2 latency ms,v2 problem,agrees,largest difference",
    `row 1,'=1+1,0.5,1.500,,,,,"no ""PNG"", really",,`,
    "row 2,'-7,0.5,2.000,,7,0.5,3.000,,false,0.25",
  ]);
});
