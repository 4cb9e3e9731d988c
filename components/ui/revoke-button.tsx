"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "./action-state.ts";
import { ConfirmWithReason, type ConfirmWithReasonProps } from "./confirm-with-reason.tsx";
import { toast } from "./toast.tsx";

interface RevokeButtonProps extends Pick<ConfirmWithReasonProps, "evidence" | "consequences" | "actorName"> {
  /** "the token ci-training" */
  what: string;
  /** Why it is usually no longer wanted: "No longer used". */
  unusedReason: string;
  /** What is true afterwards: "Token ci-training was revoked." */
  done: string;
  revoke: (reason: string) => Promise<ActionState<unknown>>;
}

/** Ends what cannot be begun again, after a reason. */
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
