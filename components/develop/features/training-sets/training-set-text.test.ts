import { expect, test } from "vitest";
import { describeTimeSplit } from "./training-set-text.ts";

test("describes parts by their time in UTC, as exactly as it is", () => {
  const parts = [
    { name: "a", until: "2026-04-19T00:00:00Z" },
    { name: "b", until: "2026-04-20T00:00:00+02:00" },
    { name: "c", until: "2026-04-20T06:30:15Z" },
    { name: "d", until: "2026-04-20T06:30:15.250Z" },
    { name: "e" },
  ];
  expect(describeTimeSplit({ parts })).toBe(
    "a to 2026-04-19, b to 2026-04-19 22:00, c to 2026-04-20 06:30:15, d to 2026-04-20 06:30:15.250, e",
  );
});
