import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { isDiskFull } from "./disk-full.ts";

test("detects a full disk from the system, from Postgres, and in wrapped errors", async () => {
  const ofFile = await writeFile("/dev/full", "x").catch((error: unknown) => error);
  expect(isDiskFull(ofFile)).toBe(true);
  const ofRow = Object.assign(new Error("could not extend file"), { code: "53100" });
  expect(isDiskFull(new Error("Failed query", { cause: ofRow }))).toBe(true);
});

test("ignores other errors", () => {
  expect(isDiskFull(Object.assign(new Error("too many connections"), { code: "53300" }))).toBe(false);
  expect(isDiskFull(new Error("No space left on device"))).toBe(false);
  expect(isDiskFull("ENOSPC")).toBe(false);
});
