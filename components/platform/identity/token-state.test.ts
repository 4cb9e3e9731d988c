import { expect, test } from "vitest";
import { tokenState } from "./token-state.ts";

const now = Date.UTC(2026, 4, 8);

test.each([
  [null, null, "active"],
  [null, now + 1, "active"],
  [null, now, "expired"],
  [now - 1, now + 1, "revoked"],
  [now - 1, now - 2, "revoked"],
])("reports a token revoked at %s and expiring at %s as %s", (revokedAt, expiresAt, expected) => {
  const date = (at: number | null) => (at === null ? null : new Date(at));
  expect(tokenState({ revokedAt: date(revokedAt), expiresAt: date(expiresAt) }, now)).toBe(expected);
});
