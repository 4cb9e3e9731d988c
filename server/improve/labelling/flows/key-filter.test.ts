import { expect, test } from "vitest";
import { KeyFilter } from "./key-filter.ts";

test("forgets no key that was added, and takes few others for one", () => {
  const filter = new KeyFilter(2 ** 20);
  for (let at = 0; at < 12_000; at += 1) filter.add(`item ${at}`);
  let wrong = 0;
  for (let at = 0; at < 12_000; at += 1) {
    expect(filter.mayHave(`item ${at}`)).toBe(true);
    if (filter.mayHave(`other ${at}`)) wrong += 1;
  }
  // As 3 million keys in the default size: (1 - exp(-2 · 12,000 / 2²⁰))² = 0.05 %, 6.2 of 12,000.
  expect(wrong).toBeLessThan(20);
});
