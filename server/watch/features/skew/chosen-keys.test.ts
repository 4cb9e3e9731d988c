import { expect, test } from "vitest";
import { digestOfKey } from "#server/develop/features/removal/digest-of-key.ts";
import { chooseKeys, shareOfKeys } from "./chosen-keys.ts";

const keys = Array.from({ length: 20_000 }, (_, number) => Buffer.from(`key ${number}`));

test("halves the keys until their look-ups fit", () => {
  expect([0, 100, 101, 200, 201, 1_000_000].map((lookUps) => shareOfKeys(lookUps, 100))).toEqual([
    1,
    1,
    0.5,
    0.5,
    0.25,
    2 ** -14,
  ]);
});

test("chooses the same keys each time, and a smaller share among a larger one", () => {
  const chosen = (share: number) => keys.filter((key) => chooseKeys(share, [])(key, 0));
  const quarter = chosen(0.25);
  // Four standard deviations of a binomial with p = 1/4.
  expect(Math.abs(quarter.length - 5000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.25 * 0.75));
  const half = new Set(chosen(0.5));
  expect(quarter.every((key) => half.has(key))).toBe(true);
  expect(chosen(1)).toHaveLength(20_000);
});

test("leaves out look-ups of a key from before its removal", () => {
  const [key, other] = keys as [Buffer, Buffer];
  const isChosen = chooseKeys(1, [{ id: "a", keyDigest: digestOfKey("a", key), arrivedBy: 100 }]);
  expect([isChosen(key, 100), isChosen(key, 101), isChosen(other, 100)]).toEqual([false, true, true]);
});
