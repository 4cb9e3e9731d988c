import { expect, test } from "vitest";
import { generatePassword, hashPassword, verifyPassword } from "./password.ts";

test("hashes with argon2id at the stated cost, and verifies only the same password", async () => {
  const hash = await hashPassword("correct horse");
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword(hash, "correct horse")).toBe(true);
  expect(await verifyPassword(hash, "correct horsf")).toBe(false);
});

test("returns another hash each time for the same password", async () => {
  expect(await hashPassword("x")).not.toBe(await hashPassword("x"));
});

test("accepts a letter typed as one or as two code points as the same password", async () => {
  expect(await verifyPassword(await hashPassword("caf\u00e9"), "cafe\u0301")).toBe(true);
});

test("rejects any password for a user without one", async () => {
  expect(await verifyPassword(null, "")).toBe(false);
});

test("generates unique passwords of four groups", () => {
  const many = Array.from({ length: 1000 }, generatePassword);
  for (const password of many) expect(password).toMatch(/^([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}$/);
  expect(new Set(many).size).toBe(1000);
});
