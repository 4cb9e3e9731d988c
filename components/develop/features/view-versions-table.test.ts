import { expect, test } from "vitest";
import type { SchemaChange } from "#server/develop/features/contract.ts";
import { describeChange } from "./view-versions-table.tsx";

const none: SchemaChange = { added: [], removed: [], retyped: [], hasOtherKeys: false };

test.each([
  [null, [], "first version"],
  [none, [], ""],
  [{ ...none, added: ["a", "b"] }, [], "added a, b"],
  [
    { ...none, removed: ["c"], retyped: [{ name: "d", before: "int64" as const, after: "float64" as const }] },
    ["e"],
    "removed c; d from int64 to float64; changed e",
  ],
  [{ ...none, hasOtherKeys: true }, [], "other join keys"],
])("describes a change", (change, altered, words) => {
  expect(describeChange({ change, altered })).toBe(words);
});
