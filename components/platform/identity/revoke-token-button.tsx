"use client";

import type { ActionState } from "#components/ui/action-state.ts";
import { formatAbsolute } from "#components/ui/format-time.ts";
import { RevokeButton } from "#components/ui/revoke-button.tsx";
import type { RevokeToken, Token } from "#server/platform/identity/contract.ts";

interface RevokeTokenButtonProps {
  token: Token;
  viewerName: string;
  action: (input: RevokeToken) => Promise<ActionState<Token>>;
}

/** Ends a token, after a reason. */
export function RevokeTokenButton({ token, viewerName, action }: RevokeTokenButtonProps) {
  return (
    <RevokeButton
      what={`token ${token.name}`}
      evidence={token.lastUsedAt ? `Last used ${formatAbsolute(token.lastUsedAt)}.` : "Never used."}
      consequences={[
        { label: "Programs that use it", value: "are rejected within 5 s" },
        { label: "Undo", value: "not possible; create a new token" },
      ]}
      unusedReason="No longer needed"
      done={`Token ${token.name} was revoked.`}
      actorName={viewerName}
      revoke={(reason) => action({ tokenId: token.id, reason })}
    />
  );
}
