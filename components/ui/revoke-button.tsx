"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "./action-state.ts";
import { ConfirmWithReason, type ConfirmWithReasonProps } from "./confirm-with-reason.tsx";
import { toast } from "./toast.tsx";

interface RevokeButtonProps extends Pick<ConfirmWithReasonProps, "evidence" | "consequences" | "actorName"> {
  /** "the token ci-training" */
  what: string;
  /** Most common reason for revoking it: "No longer used". */
  unusedReason: string;
  /** Confirmation message: "Token ci-training was revoked." */
  done: string;
  revoke: (reason: string) => Promise<ActionState<unknown>>;
}

/** Renders the button that ends something irreversibly, after asking for a reason. */
export function RevokeButton({ what, unusedReason, done, revoke, ...dialog }: RevokeButtonProps) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" size="xs" data-danger onClick={() => setOpened(true)}>
        Revoke…
      </Button>
      <ConfirmWithReason
        {...dialog}
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Revoke ${what}?`}
        reasons={[unusedReason, "Replaced", "Leaked"]}
        confirmLabel="Revoke"
        cancelLabel="Cancel"
        destructive
        onConfirm={async (reason) => {
          const { ok, error } = await revoke(reason);
          if (ok) toast.done(done);
          return error;
        }}
      />
    </>
  );
}
