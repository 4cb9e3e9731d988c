import { createHash, randomBytes } from "node:crypto";

/** Prefix of every token, which lets scanners and people recognise a leaked one. */
export const tokenMark = "lw_";

/** Generates a secret of 160 random bits, with its stored form. @param mark its first characters */
export function newSecret(mark = tokenMark): { secret: string; hash: string; prefix: string } {
  const secret = mark + randomBytes(20).toString("hex");
  return { secret, hash: hashSecret(secret), prefix: secret.slice(0, mark.length + 8) };
}

/** Returns the SHA-256 in hex. A secret of 160 random bits cannot be guessed; therefore a fast hash is enough. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
