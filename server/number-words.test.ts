import { expect, test } from "vitest";
import { counted, figures, mebibytes } from "./number-words.ts";

test("thousands are marked, figures end without zeros, and a limit is never said to be larger than it is", () => {
  expect([counted(999), counted(1_234_567)]).toEqual(["999", "1,234,567"]);
  expect([figures(0.123456, 4), figures(2.5, 4), figures(123_456, 3)]).toEqual(["0.1235", "2.5", "123000"]);
  expect([mebibytes(5 * 2 ** 30), mebibytes(2 ** 21 - 1)]).toEqual(["5,120 MiB", "1 MiB"]);
});
