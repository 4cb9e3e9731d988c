import { expect, test, vi } from "vitest";
import { operatorsOf, suggestFilter } from "./filter-suggestions.ts";

const labels = (suggestions: readonly { label: string }[]) => suggestions.map(({ label }) => label);

/** Responds as the REST API does, and records the requests. */
function answering(result: (url: URL) => unknown): URL[] {
  const requested: URL[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    const url = new URL(path, "http://leeway.test");
    requested.push(url);
    return Response.json(result(url));
  });
  return requested;
}

test("suggests comparisons for numbers and matching for text", () => {
  expect(labels(operatorsOf({ field: "metrics.acc", words: "" }))).toContain(">=");
  expect(labels(operatorsOf({ field: "params.lr", words: "" }))).not.toContain(">=");
  expect(labels(operatorsOf({ field: "params.lr", words: "is" }))).toEqual(["IS NULL", "IS NOT NULL"]);
});

test("completes a field from logged names, quoted where needed", async () => {
  const requested = answering(() => ({ fields: [{ key: "val loss", runs: 3 }], total: 1, runs: 3 }));
  const [first] = await suggestFilter(7, "metrics.val < 1", 11);
  expect(first).toMatchObject({ insert: "metrics.`val loss` ", from: 0, to: 11, hint: "in 3 runs" });
  expect(requested.map(({ pathname, search }) => pathname + search)).toEqual([
    "/api/v1/experiments/7/fields?kind=metric&words=val&limit=6",
  ]);
});

test("completes values from the runs, and states from the fixed set", async () => {
  const requested = answering(() => ({ values: [{ value: "it's", runs: 2 }] }));
  const query = "params.`a b` = 'it";
  expect(await suggestFilter(7, query, query.length)).toMatchObject([{ label: "it's", insert: "'it''s' ", from: 15 }]);
  expect(requested[0]?.searchParams.get("field")).toBe("params.a b");
  expect(labels(await suggestFilter(7, "status = 'f", 11))).toEqual(["FINISHED", "FAILED"]);
  expect(requested).toHaveLength(1);
});
