import { expect, test } from "vitest";
import { newTotpSecret, stepOfCode, totpAddress, totpCode } from "./totp.ts";

/** "12345678901234567890" in base 32, as in RFC 6238 appendix B. */
const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const at = (seconds: number) => new Date(seconds * 1000);

// RFC 6238 appendix B lists eight digits; six-digit codes are their last six.
test.each([
  [59, "287082"],
  [1111111109, "081804"],
  [1111111111, "050471"],
  [1234567890, "005924"],
  [2000000000, "279037"],
  [20000000000, "353130"],
])("generates the code of RFC 6238 at %d s", (seconds, code) => {
  expect(totpCode(secret, at(seconds))).toBe(code);
  expect(stepOfCode(secret, code, at(seconds), null)).toBe(Math.floor(seconds / 30));
});

test("accepts the codes of the step before and after, and no others", () => {
  const now = at(1111111109);
  const step = Math.floor(1111111109 / 30);
  const accepted = [-2, -1, 0, 1, 2].map((steps) =>
    stepOfCode(secret, totpCode(secret, at(1111111109 + steps * 30)), now, null),
  );
  expect(accepted).toEqual([undefined, step - 1, step, step + 1, undefined]);
});

test("refuses a code that was used, and earlier ones", () => {
  const now = at(1111111109);
  const step = Math.floor(1111111109 / 30);
  expect(stepOfCode(secret, totpCode(secret, now), now, step)).toBeUndefined();
  expect(stepOfCode(secret, totpCode(secret, at(1111111109 - 30)), now, step)).toBeUndefined();
  expect(stepOfCode(secret, totpCode(secret, at(1111111109 + 30)), now, step)).toBe(step + 1);
});

test.each(["", "28708", "2870820", "28708a", " 287082", "２８７０８２"])("refuses %j", (code) => {
  expect(stepOfCode(secret, code, at(59), null)).toBeUndefined();
});

test("generates a different secret of 160 bits each time, and an address that names account and installation", () => {
  expect(newTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
  expect(newTotpSecret()).not.toBe(newTotpSecret());
  const address = new URL(totpAddress(secret, "ines@example.test", "Leeway"));
  expect(address.protocol).toBe("otpauth:");
  expect(decodeURIComponent(address.pathname)).toContain("Leeway:ines@example.test");
  expect(address.searchParams.get("secret")).toBe(secret);
  expect(address.searchParams.get("issuer")).toBe("Leeway");
});
