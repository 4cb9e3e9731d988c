"use client";

import type { ActionState } from "#components/ui/action-state.ts";
import { RevokeButton } from "#components/ui/revoke-button.tsx";
import type { RevokeTrustedKey, TrustedKey } from "#server/develop/registry/security/contract.ts";

export type RevokeAction = (input: RevokeTrustedKey) => Promise<ActionState>;

interface RevokeKeyProps {
  trusted: TrustedKey;
  actorName: string;
  action: RevokeAction;
}

/** Ends the trust in a key, after a reason. */
export function RevokeKey({ trusted, actorName, action }: RevokeKeyProps) {
  return (
    <RevokeButton
      what={`the key ${trusted.name}`}
      evidence="Revoke a key when its private key may have been exposed or is no longer used."
      consequences={[
        { label: "Versions signed with it", value: "are shown as signed by a revoked key" },
        { label: "Deployed versions", value: "keep serving; the policy applies to the next deployment" },
        { label: "Undo", value: "not possible; trust a new key and sign again" },
      ]}
      unusedReason="No longer used"
      done={`Signatures by ${trusted.name} are no longer accepted.`}
      actorName={actorName}
      revoke={(reason) => action({ keyId: trusted.id, reason })}
    />
  );
}
