import { expect, test } from "vitest";
import { describeDestination, safePath } from "./destination.ts";

test.each([
  ["/models/digits?tab=lineage#v3", "/models/digits?tab=lineage#v3"],
  ["https://evil.example/", "/"],
  ["//evil.example/models", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["/\n/evil.example", "/"],
  ["/\r\\evil.example", "/"],
  ["/.//evil.example", "/"],
  ["/./\\evil.example", "/"],
  ["/.\t//evil.example", "/"],
  ["/a/..//evil.example", "/"],
  ["/%2e//evil.example", "/"],
  ["/a/%2E%2e//evil.example", "/"],
  ["/.//", "/"],
  ["//", "/"],
  ["//[", "/"],
  ["//leeway.invalid//evil.example", "/"],
  ["/.//leeway.invalid/models", "/"],
  ["/%2f/evil.example", "/%2f/evil.example"],
  ["/models/../runs//1?next=//evil.example#//x", "/runs//1?next=//evil.example#//x"],
  ["/drift?from=2026-01-01T00:00&q=a%20b", "/drift?from=2026-01-01T00:00&q=a%20b"],
  ["/models/größe", "/models/gr%C3%B6%C3%9Fe"],
  ["javascript:alert(1)", "/"],
  [undefined, "/"],
])("redirects %j to %s", (callbackUrl, expected) => {
  expect(safePath(callbackUrl)).toBe(expected);
  expect(new URL(safePath(callbackUrl), "https://leeway.example").host).toBe("leeway.example");
});

test.each([
  ["/", undefined],
  ["/overview?week=2026-W19", undefined],
  ["/models/digits/versions/3", "Models, digits"],
  ["/experiments", "Experiments"],
  ["/audit?q=x", "Audit log"],
  ["/slos/card-fraud", "SLOs, card-fraud"],
  ["/models/100%", "Models, 100%"],
])("describes %s as %s", (path, expected) => {
  expect(describeDestination(path)).toBe(expected);
});

test("shows an invitation after sign-in, and never accepts it", () => {
  expect(safePath("/invitations/invite_1?accept=company")).toBe("/invitations/invite_1");
  expect(safePath("/x/../invitations/invite_1?accept=company")).toBe("/invitations/invite_1");
});
