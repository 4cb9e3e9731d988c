import { expect, test } from "vitest";
import { AppendLog } from "./contract.ts";
import { gapsOf } from "./gaps-of.ts";

test("a gap that a wrapper says is a thousand rows at most", () => {
  const largest = AppendLog.parse({ start: 2 ** 40, dropped: 2 ** 40 });
  expect(gapsOf({ start: 0, length: largest.dropped })).toHaveLength(1024);
  const beyond = [
    { start: 2 ** 40 + 1, dropped: 0 },
    { start: 0, dropped: 2 ** 40 + 1 },
    { start: Number.MAX_SAFE_INTEGER - 1, dropped: Number.MAX_SAFE_INTEGER - 1 },
  ];
  for (const sent of beyond) expect(AppendLog.safeParse(sent).success).toBe(false);
});
