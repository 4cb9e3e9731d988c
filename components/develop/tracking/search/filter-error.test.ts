import { expect, test } from "vitest";
import { locateComplaint } from "./filter-error.ts";

test("locates an error at the word in its column", () => {
  const query = "metrics.a > 1 and foo = 'x'";
  expect(locateComplaint(query, "Invalid attribute key 'foo'", 19)).toMatchObject({ from: 18, to: 21 });
  expect(locateComplaint("status == 'x'", "Invalid clause(s)", 8)).toMatchObject({ from: 7, to: 9 });
  expect(locateComplaint("a = 'it", "Invalid clause(s)", 5)).toMatchObject({ from: 4, to: 7 });
  expect(locateComplaint("a = ", "Expected a value", 5)).toMatchObject({ from: 3, to: 4 });
});

test("returns no position for an error without a column", () => {
  expect(locateComplaint("a", "A filter has at most 100 clauses.", undefined)).toEqual({
    message: "A filter has at most 100 clauses.",
  });
});
