import { expect, test } from "vitest";
import { describeReplays } from "./describe-replays.ts";

const requests = (...results: string[]) => results.map((result) => ({ result })) as never;

test("counts what was answered among what was sent", () => {
  expect(describeReplays({ version: 31, requests: requests("answered", "answered", "failed") })).toBe(
    "v31 succeeds on 2 of 3.",
  );
});

test("says what was not sent", () => {
  expect(describeReplays({ version: 31, requests: requests("skipped") })).toBe(
    "Nothing was sent to v31. 1\u00a0request cannot be sent; the row says why.",
  );
  expect(describeReplays({ version: 31, requests: requests("answered", "ended", "ended") })).toBe(
    "v31 succeeds on 1 of 1. The time limit was reached before 2\u00a0requests.",
  );
  expect(describeReplays({ version: 31, requests: [] })).toBe("No failed requests are logged in this range.");
});
