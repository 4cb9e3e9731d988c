"use client";

import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import type { ChangePassword } from "#server/platform/identity/contract.ts";
import { PasswordForm } from "./password-form.tsx";

/** Changes one's own password in the settings. */
export function OwnPassword({ action }: { action: (input: ChangePassword) => Promise<ActionState> }) {
  return (
    <div style={{ maxWidth: 360 }}>
      <PasswordForm
        action={action}
        currentLabel="Current password"
        withTokens
        onDone={() => toast.done("Password changed. Your other sessions have been signed out.")}
      />
    </div>
  );
}
