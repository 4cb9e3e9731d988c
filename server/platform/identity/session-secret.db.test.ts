import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { sessionSecret } from "./session-secret.ts";

test("agrees on one secret in concurrent processes, and keeps it for later ones", async () => {
  const { db } = await freshDatabase();
  const secrets = await Promise.all(Array.from({ length: 5 }, () => sessionSecret(db, undefined)));
  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0]?.length).toBeGreaterThanOrEqual(32);
  expect(await sessionSecret(db, undefined)).toBe(secrets[0]);
  expect(await sessionSecret(db, "configured")).toBe("configured");
});
