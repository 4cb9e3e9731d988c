import type { SignatureState, TrustedKey } from "./contract.ts";
import { isSignedBy } from "./public-key.ts";

export interface StoredSignature {
  signature: string;
  addedBy: string;
  addedAt: Date;
}

/** State of a version without a signature. */
export const unsigned: SignatureState = {
  state: "unsigned",
  keyName: null,
  signature: null,
  addedBy: null,
  addedAt: null,
};

/** Evaluates a signature against the current keys. A trusted key takes precedence over a revoked one. */
export function signatureStateOf(
  stored: StoredSignature | undefined,
  sha256: string | null,
  keys: readonly TrustedKey[],
): SignatureState {
  if (!stored) return unsigned;
  if (!sha256) return { ...unsigned, ...stored, state: "unchecked" };
  const makers = keys.filter(({ publicKey }) => isSignedBy(publicKey, sha256, stored.signature));
  const maker = makers.find(({ revokedAt }) => revokedAt === null) ?? makers[0];
  const state = maker ? (maker.revokedAt ? "revoked" : "trusted") : "unknown";
  return { state, keyName: maker?.name ?? null, ...stored };
}
