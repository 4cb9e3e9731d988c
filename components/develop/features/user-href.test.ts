import { expect, test } from "vitest";
import { userHref } from "./user-href.ts";

test.each([
  ["endpoint", "card fraud", null, "/endpoints/card%20fraud"],
  ["model-version", "card v2 fraud v31", null, "/models/card%20v2%20fraud/v31"],
  ["model-version", "no number", null, undefined],
  ["dataset-version", "trips", "4be10508", "/datasets/trips?version=4be10508"],
  ["run", "even-keel", null, undefined],
] as const)("links a %s named %s", (kind, name, digest, href) => {
  expect(userHref({ kind, name, digest })).toBe(href);
});
