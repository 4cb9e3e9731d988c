"use client";

import { Button, Checkbox, PasswordInput } from "@mantine/core";
import type { SubmitEvent } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useHydrated } from "#components/ui/now.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ChangePassword } from "#server/platform/identity/contract.ts";
import { passwordEye } from "./password-eye.tsx";

interface PasswordFormProps {
  action: (input: ChangePassword) => Promise<ActionState>;
  onDone: () => void;
  /** Label of the field for the password in force. */
  currentLabel: string;
  /** Whether to offer to revoke the API tokens as well. */
  withTokens?: boolean;
  /** Beside the button: the way out. */
  other?: React.ReactNode;
}

/** Changes one's own password. */
export function PasswordForm({ action, onDone, currentLabel, withTokens, other }: PasswordFormProps) {
  const { state, busy, run } = useAction(action);
  const hydrated = useHydrated();

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    const input = {
      currentPassword: String(values.get("current")),
      newPassword: String(values.get("new")),
      revokeTokens: values.has("revokeTokens"),
    };
    run(input, () => {
      form.reset();
      onDone();
    });
  }

  const errors = state.fieldErrors;
  return (
    <form method="post" onSubmit={submit} style={{ display: "grid", gap: 14 }}>
      <FormProblem state={state} />
      <PasswordInput
        label={currentLabel}
        name="current"
        autoComplete="current-password"
        required
        withAsterisk={false}
        error={errors?.currentPassword}
        {...passwordEye}
      />
      <PasswordInput
        label="New password"
        description="At least 12 characters. Several unrelated words work well."
        inputWrapperOrder={["label", "input", "description", "error"]}
        name="new"
        autoComplete="new-password"
        required
        withAsterisk={false}
        error={errors?.newPassword}
        {...passwordEye}
      />
      {withTokens && <Checkbox name="revokeTokens" label="Revoke all your API tokens as well" size="xs" />}
      <div style={{ display: "flex", gap: 8, alignItems: "center" }}>
        <Button type="submit" disabled={!hydrated} aria-disabled={busy}>
          {busy ? "Changing…" : "Change password"}
        </Button>
        {other}
      </div>
    </form>
  );
}
