import { expect, test } from "vitest";
import { styleSides } from "./side-styles.ts";

test("gives a side the colour of its version, alone and compared", () => {
  const [alone] = styleSides([8]);
  expect(alone?.colour).toBe("var(--lw-series-2)");
  expect(styleSides([6, 8])[1]).toEqual(alone);
  expect(styleSides([2, 8])).toEqual([{ ...alone, opacity: 0.55 }, alone]);
});

test("tells one version on two providers apart", () => {
  const [a, b] = styleSides([8, 8]);
  expect(a?.colour).not.toBe(b?.colour);
});
