import { expect, test } from "vitest";
import { locateComplaint } from "./filter-error.ts";

test("the part that a complaint quotes is found in the query", () => {
  const query = "metrics.a > 1 and foo = 'x'";
  const message = "Invalid attribute key 'foo' specified. Valid keys are 'run_id', 'status'";
  expect(locateComplaint(query, message)).toEqual({ message, from: 18, to: 21 });
  expect(locateComplaint("status == 'x'", "Invalid clause(s) in filter string: '= 'x''")).toMatchObject({ from: 8 });
});

test("a complaint about nothing in particular has no place", () => {
  expect(locateComplaint("a", "A filter has at most 100 clauses.")).toEqual({
    message: "A filter has at most 100 clauses.",
  });
});
