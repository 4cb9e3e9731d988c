import { createHash } from "node:crypto";
import { generatePassword } from "../sign-in/password.ts";

const count = 10;

/** Returns ten new recovery codes of 99 bits each, so that a plain hash protects them. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: count }, generatePassword);
}

/** Returns the SHA-256 of a recovery code, hex. Upper case and missing hyphens do not matter. */
export function hashRecoveryCode(code: string): string {
  return createHash("sha256").update(code.toLowerCase().replaceAll("-", "")).digest("hex");
}
