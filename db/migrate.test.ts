import { expect, test } from "vitest";
import { requireSupported } from "./migrate.ts";

test("accepts Postgres 14, and rejects 13 with the fix", () => {
  expect(() => requireSupported(140_000)).not.toThrow();
  expect(() => requireSupported(180_004)).not.toThrow();
  expect(() => requireSupported(130_099)).toThrow(/DATABASE_URL: the server runs Postgres 13, .* 14 or newer/);
});
