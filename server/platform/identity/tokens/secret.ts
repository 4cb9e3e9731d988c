import { createHash, randomBytes } from "node:crypto";

/** Every token begins like this, so that scanners and people recognise a leaked one. */
export const tokenMark = "lw_";

/** A new secret of 160 random bits, with what is stored of it. */
export function newSecret(): { secret: string; hash: string; prefix: string } {
  const secret = tokenMark + randomBytes(20).toString("hex");
  return { secret, hash: hashSecret(secret), prefix: secret.slice(0, tokenMark.length + 8) };
}

/** SHA-256, hex. A secret of 160 random bits cannot be guessed, so that a fast hash is enough. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
