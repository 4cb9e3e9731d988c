import { randomBytes, randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { keyIdOf, openSealed, sealText } from "./sealed-text.ts";

const key = randomBytes(32);
const keyId = randomUUID();
const place = ["webhooks", "secret", "1"];

test("opens what it sealed, for the same key and place", () => {
  const sealed = sealText(key, keyId, place, "wörd ✓");
  expect(sealed).toMatch(/^enc:v1:[0-9a-f-]{36}:[\w-]+$/);
  expect(keyIdOf(sealed)).toBe(keyId);
  expect(openSealed(key, place, sealed)).toBe("wörd ✓");
});

test("seals the same text differently each time, and an empty one too", () => {
  expect(sealText(key, keyId, place, "a")).not.toBe(sealText(key, keyId, place, "a"));
  expect(openSealed(key, place, sealText(key, keyId, place, ""))).toBe("");
});

test.each([
  ["another row", ["webhooks", "secret", "2"]],
  ["another column", ["webhooks", "previous_secret", "1"]],
  ["another table", ["channels", "secret", "1"]],
  ["parts divided elsewhere", ["webhooks", "secret1"]],
])("rejects a text that was moved to %s", (_, other) => {
  expect(() => openSealed(key, other, sealText(key, keyId, place, "word"))).toThrow();
});

test("rejects another key, another key id, and a changed or shortened text", () => {
  const sealed = sealText(key, keyId, place, "word");
  const last = sealed.endsWith("A") ? "B" : "A";
  expect(() => openSealed(randomBytes(32), place, sealed)).toThrow();
  expect(() => openSealed(key, place, sealed.replace(keyId, randomUUID()))).toThrow();
  expect(() => openSealed(key, place, `${sealed.slice(0, -2)}${last}${last}`)).toThrow();
  expect(() => openSealed(key, place, sealed.slice(0, 60))).toThrow();
});

test.each(["", "word", "enc:v1:", "enc:v2:x", `enc:v1:${keyId}:`, `enc:v1:${keyId}:with space${"x".repeat(40)}`])(
  "takes %j for a readable text",
  (text) => {
    expect(keyIdOf(text)).toBeUndefined();
  },
);
