"use client";

import { Button, Modal, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { CreateServiceAccount, Role, ServiceAccount } from "#server/platform/identity/contract.ts";
import { RoleField } from "./role-field.tsx";

type Create = (input: CreateServiceAccount) => Promise<ActionState<ServiceAccount>>;

/** Renders the button and dialog that create a service account. */
export function NewServiceAccount({ action }: { action: Create }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button onClick={() => setOpened(true)}>Create service account…</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Create service account" size={480} yOffset="14vh">
        <Form action={action} onDone={() => setOpened(false)} />
      </Modal>
    </>
  );
}

function Form({ action, onDone }: { action: Create; onDone: () => void }) {
  const { state, busy, run } = useAction(action);
  const [role, setRole] = useState<Role>("member");

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name"));
    run({ name, role }, () => {
      toast.done(`Service account ${name} was created. Create a token for it next.`);
      onDone();
    });
  }
  return (
    <form className={classes.body} onSubmit={submit}>
      <FormProblem state={state} />
      <TextInput
        label="Name"
        description="The program that will use the account."
        inputWrapperOrder={["label", "input", "description", "error"]}
        name="name"
        required
        withAsterisk={false}
        data-autofocus
        error={state.fieldErrors?.name}
      />
      <RoleField value={role} onChange={setRole} />
      <div className={classes.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Creating…" : "Create service account"}
        </Button>
      </div>
    </form>
  );
}
