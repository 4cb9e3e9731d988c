"use client";

import { Anchor } from "@mantine/core";
import type { ActionState } from "#components/ui/action-state.ts";
import type { ChangePassword } from "#server/platform/identity/contract.ts";
import classes from "./entrance-form.module.css";
import { PasswordForm } from "./password-form.tsx";

interface FirstPasswordProps {
  destination: string;
  action: (input: ChangePassword) => Promise<ActionState>;
}

/** Suggests a new password after the first sign-in; it can be postponed. */
export function FirstPassword({ destination, action }: FirstPasswordProps) {
  return (
    <div className={classes.form}>
      <PasswordForm
        action={action}
        currentLabel="Current password"
        onDone={() => window.location.assign(destination)}
        other={<Anchor href={destination}>Not now</Anchor>}
      />
    </div>
  );
}
