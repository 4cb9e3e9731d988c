"use client";

import { Anchor } from "@mantine/core";
import { signOut } from "next-auth/react";
import type { ActionState } from "#components/ui/action-state.ts";
import type { ChangePassword } from "#server/platform/identity/contract.ts";
import classes from "./entrance-form.module.css";
import { PasswordForm } from "./password-form.tsx";

interface FirstPasswordProps {
  destination: string;
  action: (input: ChangePassword) => Promise<ActionState>;
}

/** Asks for a new password after the first sign-in, before anything else. */
export function FirstPassword({ destination, action }: FirstPasswordProps) {
  return (
    <div className={classes.form}>
      <PasswordForm
        action={action}
        currentLabel="Current password"
        onDone={() => window.location.assign(destination)}
        other={
          <Anchor component="button" type="button" onClick={() => void signOut({ callbackUrl: "/login" })}>
            Sign out
          </Anchor>
        }
      />
    </div>
  );
}
