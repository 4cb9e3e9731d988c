import { expect, test } from "vitest";
import { chooseCoding } from "./compression.ts";

test.each([
  ["gzip", "gzip"],
  ["deflate", "deflate"],
  ["gzip, deflate", "gzip"],
  ["gzip;q=0.1, deflate;q=0.9", "deflate"],
  ["GZIP; q=0.5, br", "gzip"],
  ["*", "gzip"],
  ["*;q=0.5, gzip;q=0", "deflate"],
  ["br, zstd", undefined],
  ["gzip;q=0", undefined],
  ["identity, gzip;q=0.5", undefined],
  ["identity;q=0.5, gzip", "gzip"],
  ["gzip;q=x", undefined],
  ["", undefined],
])("encodes the response to Accept-Encoding %j as %s", (accepted, coding) => {
  expect(chooseCoding(accepted)).toBe(coding);
});
