import { expect, test } from "vitest";
import { parseFilter } from "./parse-filter.ts";

const now = new Date("2026-05-08T12:00:00Z");
const parse = (text: string) => parseFilter(text, now);

test("returns no conditions for an empty filter", () => {
  expect(parse("  ")).toEqual({ conditions: [] });
});

test("joins conditions by AND, in any case, with and without spaces", () => {
  expect(parse(`actor="Ines Duarte" AND Action ~ token and subject != 'user/a@b.test'`)).toEqual({
    conditions: [
      { field: "actor", operator: "=", value: "Ines Duarte" },
      { field: "action", operator: "~", value: "token" },
      { field: "subject", operator: "!=", value: "user/a@b.test" },
    ],
  });
});

test.each([
  ["-30min", "2026-05-08T11:30:00.000Z"],
  ["-12h", "2026-05-08T00:00:00.000Z"],
  ["-7d", "2026-05-01T12:00:00.000Z"],
  ["-2w", "2026-04-24T12:00:00.000Z"],
  ["2026-05-01", "2026-05-01T00:00:00.000Z"],
  ["2026-05-01T14:00Z", "2026-05-01T14:00:00.000Z"],
])("parses the time %s as %s", (text, expected) => {
  expect(parse(`at >= ${text}`)).toEqual({ conditions: [{ field: "at", operator: ">=", value: new Date(expected) }] });
});

test.each([
  ["actr = x", "Unknown field", 0, 8],
  ["actor", "Expected a comparison and a value after", 0, 5],
  ["actor = x or action = y", "Combine conditions", 10, 12],
  ["actor = x and", "Expected a condition after", 10, 13],
  ["at = -7d", "Times can be compared", 0, 8],
  ["at > yesterday", "Use a time", 0, 14],
  ["actor > x", "actor can be compared", 0, 9],
  ['actor = "x', "quotation mark", 8, 10],
])("rejects %s at the position of the error", (text, message, from, to) => {
  expect(parse(text)).toEqual({ problem: { message: expect.stringContaining(message), from, to } });
});
