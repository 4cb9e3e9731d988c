import { expect, test } from "vitest";
import { KeptPictures } from "./kept-pictures.ts";

test("drops the pictures that were shown least lately, and counts rows without one", () => {
  const kept = new KeptPictures(1000);
  for (const key of ["a", "b", "c"]) kept.set(key, key.repeat(300));
  expect(kept.get("a")).toBe("a".repeat(300));
  kept.set("d", "d".repeat(400));
  expect(["a", "b", "c", "d"].filter((key) => kept.has(key))).toEqual(["a", "c", "d"]);
  kept.set("a", "");
  kept.set("e", "e".repeat(500));
  expect([kept.get("a"), kept.get("d"), kept.get("e")?.length]).toEqual(["", "d".repeat(400), 500]);
  kept.set("f", "");
  expect(["a", "d", "e", "f"].map((key) => kept.has(key))).toEqual([false, true, true, true]);
});
