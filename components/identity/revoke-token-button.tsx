"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { formatAbsolute } from "#components/ui/format-time.ts";
import { toast } from "#components/ui/toast.tsx";
import type { RevokeToken, Token } from "#server/identity/contract.ts";

interface RevokeTokenButtonProps {
  token: Token;
  viewerName: string;
  action: (input: RevokeToken) => Promise<ActionState<Token>>;
}

/** Ends a token, after a reason. */
export function RevokeTokenButton({ token, viewerName, action }: RevokeTokenButtonProps) {
  const [opened, setOpened] = useState(false);

  async function revoke(reason: string) {
    const { ok, error } = await action({ tokenId: token.id, reason });
    if (ok) toast.done(`Token ${token.name} was revoked.`);
    return error;
  }
  return (
    <>
      <Button variant="default" size="xs" data-danger onClick={() => setOpened(true)}>
        Revoke…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Revoke the token ${token.name}?`}
        evidence={token.lastUsedAt ? `It was last used on ${formatAbsolute(token.lastUsedAt)}.` : "It was never used."}
        consequences={[
          { label: "Programs that use it", value: "are refused within 5 s" },
          { label: "To undo", value: "not possible; make a new token" },
        ]}
        reasons={["No longer needed", "Replaced", "Leaked"]}
        confirmLabel="Revoke"
        keepLabel="Keep"
        destructive
        actorName={viewerName}
        onConfirm={revoke}
      />
    </>
  );
}
