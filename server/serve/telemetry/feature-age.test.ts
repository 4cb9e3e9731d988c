import { expect, test } from "vitest";
import { featureAge } from "./feature-age.ts";

const now = Date.parse("2026-05-04T12:00:00Z");
const header = (reported: unknown) => featureAge({ headers: { "leeway-features-at": reported } }, now);

test("reads the feature age from the header, then the parameter, in RFC 3339", () => {
  expect(header("2026-05-04T11:59:00Z")).toBe(60_000);
  expect(header("2026-05-04T13:59:59.5+02:00")).toBe(500);
  expect(featureAge({ parameters: { features_at: "2026-05-04T11:00:00Z" } }, now)).toBe(3_600_000);
  expect(
    featureAge(
      {
        headers: { "leeway-features-at": "2026-05-04T11:59:00Z" },
        parameters: { features_at: "2026-05-04T11:00:00Z" },
      },
      now,
    ),
  ).toBe(60_000);
});

test("returns age zero for a clock that runs ahead, and undefined for an invalid instant", () => {
  expect(header("2026-05-04T12:00:05Z")).toBe(0);
  for (const reported of [
    "2026-05-04T11:59:00",
    "yesterday",
    1_777_000_000,
    "2026-99-04T11:59:00Z",
    ["a"],
    undefined,
  ]) {
    expect(header(reported)).toBeUndefined();
  }
  expect(featureAge({}, now)).toBeUndefined();
});
