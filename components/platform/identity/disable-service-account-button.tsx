"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { DisableServiceAccount, ServiceAccount } from "#server/platform/identity/contract.ts";

interface DisableServiceAccountButtonProps {
  account: ServiceAccount;
  viewerName: string;
  action: (input: DisableServiceAccount) => Promise<ActionState<ServiceAccount>>;
}

/** Renders the button that disables a service account, after asking for a reason. */
export function DisableServiceAccountButton({ account, viewerName, action }: DisableServiceAccountButtonProps) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" size="xs" data-danger onClick={() => setOpened(true)}>
        Disable…
      </Button>
      <ConfirmWithReason
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Disable ${account.name}?`}
        consequences={[
          { label: "Its tokens", value: "are permanently revoked; programs that use them stop working" },
          { label: "What it created", value: "stays" },
          { label: "Undo", value: "not possible; create a new service account" },
        ]}
        reasons={["No longer used", "Replaced", "Leaked"]}
        confirmLabel={`Disable ${account.name}`}
        cancelLabel="Cancel"
        destructive
        actorName={viewerName}
        onConfirm={async (reason) => {
          const { ok, error } = await action({ serviceAccountId: account.id, reason });
          if (ok) toast.done(`${account.name} was disabled.`);
          return error;
        }}
      />
    </>
  );
}
