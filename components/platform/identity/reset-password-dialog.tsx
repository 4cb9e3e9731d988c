"use client";

import { Button, Checkbox, Modal } from "@mantine/core";
import { useState } from "react";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { AccountActions } from "./account-menu.tsx";
import { ShownOnce } from "./shown-once.tsx";

interface ResetPasswordDialogProps {
  opened: boolean;
  onClose: () => void;
  user: { id: string; name: string };
  action: AccountActions["resetPassword"];
}

/** Asks for confirmation, generates a new password, and shows it once. */
export function ResetPasswordDialog({ opened, onClose, user, action }: ResetPasswordDialogProps) {
  const { state, busy, run } = useAction(action);
  const [password, setPassword] = useState<string>();
  const [revokeTokens, setRevokeTokens] = useState(true);

  function reset() {
    run({ userId: user.id, revokeTokens }, (made) => {
      onClose();
      setPassword(made.password);
    });
  }
  return (
    <>
      <Modal opened={opened} onClose={onClose} title={`Reset password of ${user.name}?`} size={480} yOffset="14vh">
        <div className={classes.body}>
          <FormProblem state={state} />
          <p className="lw-muted">The current password stops working, and {user.name} is signed out everywhere.</p>
          <Checkbox
            checked={revokeTokens}
            onChange={(event) => setRevokeTokens(event.currentTarget.checked)}
            label="Revoke all API tokens as well"
            description="Clear it only if the account is in safe hands: programs that use the tokens stop working."
            size="xs"
          />
          <div className={classes.buttons}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button aria-disabled={busy} onClick={reset}>
              {busy ? "Creating…" : "Reset password"}
            </Button>
          </div>
        </div>
      </Modal>
      <ShownOnce
        opened={password !== undefined}
        onClose={() => setPassword(undefined)}
        title={`New password for ${user.name}`}
        examples={[{ label: "Password", code: password ?? "" }]}
        doneLabel="I have copied it"
      >
        Share it yourself. It is not shown again, and must be changed at the next sign-in.
      </ShownOnce>
    </>
  );
}
