"use client";

import { Button, Modal, PasswordInput, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { RemoveSecondFactor } from "#server/platform/identity/second-factor/contract.ts";
import { passwordEye } from "./password-eye.tsx";

/** Removes one's own authenticator app, with password and code. */
export function SecondFactorRemoval({ remove }: { remove: (input: RemoveSecondFactor) => Promise<ActionState> }) {
  const router = useRouter();
  const [opened, setOpened] = useState(false);
  const { state, busy, run, reset } = useAction(remove);

  function close() {
    setOpened(false);
    reset();
  }
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const values = new FormData(event.currentTarget);
    run({ currentPassword: String(values.get("password")), code: String(values.get("code")) }, () => {
      close();
      toast.done("Authenticator app removed.");
      router.refresh();
    });
  }
  return (
    <>
      <div>
        <Button variant="default" onClick={() => setOpened(true)}>
          Remove…
        </Button>
      </div>
      <Modal opened={opened} onClose={close} title="Remove authenticator app?" size={440} yOffset="14vh">
        <form method="post" onSubmit={submit} className={dialog.body}>
          <FormProblem state={state} />
          <p className="lw-muted">Your password alone then signs you in. The recovery codes stop working.</p>
          <PasswordInput
            label="Current password"
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            error={state.fieldErrors?.currentPassword}
            {...passwordEye}
          />
          <TextInput
            label="Code"
            description="From the app, or a recovery code"
            name="code"
            autoComplete="one-time-code"
            required
            withAsterisk={false}
            error={state.fieldErrors?.code}
          />
          <div className={dialog.buttons}>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" aria-disabled={busy}>
              {busy ? "Removing…" : "Remove"}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  );
}
