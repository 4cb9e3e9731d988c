import { expect, test } from "vitest";
import { generatePassword, hashPassword, verifyPassword } from "./password.ts";

test("a hash is argon2id with the stated cost and takes only its password", async () => {
  const hash = await hashPassword("correct horse");
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword(hash, "correct horse")).toBe(true);
  expect(await verifyPassword(hash, "correct horsf")).toBe(false);
});

test("the same password gives another hash each time", async () => {
  expect(await hashPassword("x")).not.toBe(await hashPassword("x"));
});

test("a letter typed as one or as two code points is the same password", async () => {
  expect(await verifyPassword(await hashPassword("caf\u00e9"), "cafe\u0301")).toBe(true);
});

test("nobody has no password", async () => {
  expect(await verifyPassword(null, "")).toBe(false);
});

test("a generated password has four groups and does not repeat", () => {
  const many = Array.from({ length: 1000 }, generatePassword);
  for (const password of many) expect(password).toMatch(/^([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}$/);
  expect(new Set(many).size).toBe(1000);
});
