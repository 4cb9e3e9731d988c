"use client";

import type { ActionState } from "#components/ui/action-state.ts";
import { RevokeButton } from "#components/ui/revoke-button.tsx";
import type { RevokeTrustedKey, TrustedKey } from "#server/registry/security/contract.ts";

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
      evidence="Use this when its private half may be known to somebody else, or is no longer used."
      consequences={[
        { label: "Versions it signed", value: "are shown as signed by a revoked key" },
        { label: "What serves", value: "goes on; a policy counts at the next deployment" },
        { label: "To undo", value: "not possible; trust a new key and sign again" },
      ]}
      unusedReason="No longer used"
      done={`No signature of ${trusted.name} counts any more.`}
      actorName={actorName}
      revoke={(reason) => action({ keyId: trusted.id, reason })}
    />
  );
}
