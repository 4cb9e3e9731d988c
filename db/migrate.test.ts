import { expect, test } from "vitest";
import { requireSupported } from "./migrate.ts";

test("Postgres 14 is served, 13 is refused with what to do", () => {
  expect(() => requireSupported(140_000)).not.toThrow();
  expect(() => requireSupported(180_004)).not.toThrow();
  expect(() => requireSupported(130_099)).toThrow(/DATABASE_URL: the server runs Postgres 13, .* 14 or newer/);
});
