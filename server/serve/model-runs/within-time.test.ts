import { expect, test } from "vitest";
import { pending } from "../../develop/registry/gates/pending.ts";
import { withinTime } from "./within-time.ts";

test("a gate that never ends is pending after its time, and one that does tells what it found", async () => {
  const now = performance.now();
  const hung = withinTime(now, () => new Promise(() => {}), 1);
  expect(await hung).toMatchObject({ verdict: "pending", words: expect.stringContaining("the version hangs") });
  expect(await withinTime(now + 60_000, async () => pending("found."))).toMatchObject({ words: "found" });
  await expect(withinTime(now + 60_000, () => Promise.reject(new Error("gone")))).rejects.toThrow("gone");
});
