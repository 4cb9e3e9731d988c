import { expect, test } from "vitest";
import { RetiredVersions, versionKeyOf } from "./retired-versions.ts";

const labels = (version: string, provider = "cpu") => ({
  workspace: "main",
  endpoint: "digits",
  model: "mlp",
  version,
  provider,
});

test("retires a version two minutes after it disappears unless it returns, whatever its provider", () => {
  const retired = new RetiredVersions();
  retired.see(labels("1"));
  retired.see(labels("2"));
  expect(retired.sweep([labels("1", "cuda"), labels("2")], 0).size).toBe(0);
  expect(retired.sweep([labels("2")], 10_000).size).toBe(0);
  expect(retired.sweep([labels("2")], 129_000).size).toBe(0);
  expect(retired.sweep([labels("1"), labels("2")], 129_500).size).toBe(0);
  expect(retired.sweep([labels("2")], 140_000).size).toBe(0);
  expect(retired.sweep([labels("2")], 260_000)).toEqual(new Set([versionKeyOf(labels("1"))]));
  // Only once, until something is counted for it again.
  expect(retired.sweep([labels("2")], 500_000).size).toBe(0);
});
