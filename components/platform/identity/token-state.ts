import type { Token } from "#server/platform/identity/contract.ts";

export type TokenState = "active" | "expired" | "revoked";

/** Whether a token works at this moment, and if not, why. */
export function tokenState({ revokedAt, expiresAt }: Pick<Token, "revokedAt" | "expiresAt">, now: number): TokenState {
  if (revokedAt) return "revoked";
  return expiresAt && expiresAt.getTime() <= now ? "expired" : "active";
}
