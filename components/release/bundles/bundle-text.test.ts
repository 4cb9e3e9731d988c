import { expect, test } from "vitest";
import type { BundleFile, SampleFiles } from "#server/release/bundles/contract.ts";
import { bundleHref, describeFile } from "./bundle-text.ts";

const file = (path: string, role: BundleFile["role"]) => ({ path, role, sizeBytes: 1, sha256: "" });
const sample: SampleFiles = {
  request: "sample/request.json",
  response: "sample/response.json",
  rawRequest: null,
  finalResponse: "sample/final-response.json",
  provider: "cpu",
  tolerances: {},
};

test("describes a file by its role, its part in the sample, or its name", () => {
  expect(describeFile(file("w.bin", "weights"), { sample: null })).toBe("model weights");
  expect(describeFile(file("sample/final-response.json", "sample"), { sample })).toContain(
    "pipeline output for the sample",
  );
  expect(describeFile(file("verify.py", "about"), { sample })).toBe("verification script (Python)");
  expect(describeFile(file("of a later release", "about"), { sample })).toBe("");
});

test("encodes spaces in the URL", () => {
  expect(bundleHref({ model: "a b", version: 2 })).toBe("/api/v1/models/a%20b/versions/2/bundle");
});
