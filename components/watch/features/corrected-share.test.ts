import { expect, test } from "vitest";
import { correctedShareOf } from "./corrected-share.ts";

const causes = [
  { cause: "late" as const, count: 3 },
  { cause: "corrected" as const, count: 1 },
];

test.each([
  ["one of ten is no share", { compared: 10, causes }, null],
  ["the share of enough", { compared: 100, causes }, 0.01],
  ["nothing was corrected", { compared: 100, causes: causes.slice(0, 1) }, 0],
  ["nothing is known", undefined, null],
])("%s", (_case, counts, share) => {
  expect(correctedShareOf(counts)).toBe(share);
});
