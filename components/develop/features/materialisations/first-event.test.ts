import { expect, test } from "vitest";
import { firstEventUs } from "#server/develop/features/materialisations/contract.ts";
import { parseTime } from "#server/develop/features/values/parse-time.ts";
import { firstEventText } from "./first-event.ts";

test("is the first event time of materialisations", () => {
  expect(Number(parseTime(firstEventText))).toBe(firstEventUs);
});
