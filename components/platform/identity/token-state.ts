import type { Token } from "#server/platform/identity/contract.ts";

export type TokenState = "active" | "expired" | "revoked";

/** Returns whether a token is currently valid, and if not, the reason. */
export function tokenState({ revokedAt, expiresAt }: Pick<Token, "revokedAt" | "expiresAt">, now: number): TokenState {
  if (revokedAt) return "revoked";
  return expiresAt && expiresAt.getTime() <= now ? "expired" : "active";
}
