import { expect, test } from "vitest";
import { describeDestination, safePath } from "./destination.ts";

test.each([
  ["/models/digits?tab=lineage#v3", "/models/digits?tab=lineage#v3"],
  ["https://evil.example/", "/"],
  ["//evil.example/models", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["javascript:alert(1)", "/"],
  [undefined, "/"],
])("redirects %j to %s", (callbackUrl, expected) => {
  expect(safePath(callbackUrl)).toBe(expected);
});

test.each([
  ["/", undefined],
  ["/overview?week=2026-W19", undefined],
  ["/models/digits/versions/3", "Models, digits"],
  ["/experiments", "Experiments"],
  ["/audit?q=x", "Audit log"],
  ["/models/100%", "Models, 100%"],
])("describes %s as %s", (path, expected) => {
  expect(describeDestination(path)).toBe(expected);
});
