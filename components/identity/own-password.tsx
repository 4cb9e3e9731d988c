"use client";

import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import type { ChangePassword } from "#server/identity/contract.ts";
import { PasswordForm } from "./password-form.tsx";

/** Changes one's own password in the settings. */
export function OwnPassword({ action }: { action: (input: ChangePassword) => Promise<ActionState> }) {
  return (
    <div style={{ maxWidth: 360 }}>
      <PasswordForm
        action={action}
        currentLabel="Present password"
        onDone={() => toast.done("Your password was changed. Your other sessions have ended.")}
      />
    </div>
  );
}
