"use client";

import { Button, TextInput } from "@mantine/core";
import type { SubmitEvent } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { RenameWorkspace } from "#server/platform/identity/contract.ts";

interface WorkspaceFormProps {
  name: string;
  action: (input: RenameWorkspace) => Promise<ActionState<{ name: string }>>;
  /** Reason why the user cannot change the name. */
  disabledReason: string | undefined;
}

/** Renders the form for the workspace's name. */
export function WorkspaceForm({ name, action, disabledReason }: WorkspaceFormProps) {
  const { state, busy, run } = useAction(action);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const enteredName = String(new FormData(event.currentTarget).get("name"));
    run({ name: enteredName }, (renamed) => toast.done(`Workspace renamed to ${renamed.name}.`));
  }
  return (
    <form className={classes.body} onSubmit={submit} style={{ maxWidth: 360 }}>
      <FormProblem state={state} />
      <TextInput
        label="Name"
        name="name"
        defaultValue={name}
        key={name}
        required
        withAsterisk={false}
        disabled={disabledReason !== undefined}
        error={state.fieldErrors?.name}
      />
      <div style={{ display: "flex", gap: 8, alignItems: "center" }}>
        <Button type="submit" disabled={disabledReason !== undefined} aria-disabled={busy}>
          {busy ? "Renaming…" : "Rename"}
        </Button>
        {disabledReason && <span className="lw-quiet">{disabledReason}</span>}
      </div>
    </form>
  );
}
