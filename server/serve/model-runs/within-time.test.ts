import { expect, test } from "vitest";
import { pending } from "../../develop/registry/gates/pending.ts";
import { withinTime } from "./within-time.ts";

test("returns pending for a gate that exceeds its time limit, and the result of one that finishes", async () => {
  const now = performance.now();
  const hung = withinTime(now, () => new Promise(() => {}), 1);
  expect(await hung).toMatchObject({ verdict: "pending", words: expect.stringContaining("the version hangs") });
  expect(await withinTime(now + 60_000, async () => pending("found."))).toMatchObject({ words: "found" });
  await expect(withinTime(now + 60_000, () => Promise.reject(new Error("gone")))).rejects.toThrow("gone");
});
