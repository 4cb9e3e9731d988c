"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { RevokeTrustedKey, TrustedKey } from "#server/registry/security/contract.ts";

export type RevokeAction = (input: RevokeTrustedKey) => Promise<ActionState>;

/** Ends the trust in a key, after a reason. */
export function RevokeKey({
  trusted,
  actorName,
  action,
}: {
  trusted: TrustedKey;
  actorName: string;
  action: RevokeAction;
}) {
  const [opened, setOpened] = useState(false);
  async function revoke(reason: string) {
    const { ok, error } = await action({ keyId: trusted.id, reason });
    if (ok) toast.done(`No signature of ${trusted.name} counts any more.`);
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
        title={`Revoke the key ${trusted.name}?`}
        evidence="Use this when its private half may be known to somebody else, or is no longer used."
        consequences={[
          { label: "Versions it signed", value: "are shown as signed by a revoked key" },
          { label: "What serves", value: "goes on; a policy counts at the next deployment" },
          { label: "To undo", value: "not possible; trust a new key and sign again" },
        ]}
        reasons={["No longer used", "Replaced", "Leaked"]}
        confirmLabel="Revoke"
        keepLabel="Keep"
        destructive
        actorName={actorName}
        onConfirm={revoke}
      />
    </>
  );
}
