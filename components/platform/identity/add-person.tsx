"use client";

import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { CreateUser, NewUser, Role } from "#server/platform/identity/contract.ts";
import { RoleField } from "./role-field.tsx";
import { ShownOnce } from "./shown-once.tsx";

interface AddPersonProps {
  action: (input: CreateUser) => Promise<ActionState<NewUser>>;
  /** URL at which the new user signs in. */
  consoleUrl: string;
  /** Name of the company sign-in, if there is one. */
  companyName: string | undefined;
}

/** Renders the button, its dialog, and the new password, which is shown once. */
export function AddPerson({ action, consoleUrl, companyName }: AddPersonProps) {
  const [opened, setOpened] = useState(false);
  const [added, setAdded] = useState<NewUser>();
  return (
    <>
      <Button onClick={() => setOpened(true)}>Create account…</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Create account" size={480} yOffset="14vh">
        <Form
          action={action}
          companyName={companyName}
          onDone={(person) => {
            setOpened(false);
            setAdded(person);
          }}
        />
      </Modal>
      <ShownOnce
        opened={added !== undefined}
        onClose={() => setAdded(undefined)}
        title={`Account of ${added?.user.name} created`}
        examples={[{ label: "Sign-in", code: signInLines(added, consoleUrl) }]}
        doneLabel={added?.password ? "I have copied it" : "Close"}
      >
        {added?.password
          ? "Share the password yourself. It is not shown again, and must be changed at the first sign-in."
          : "They sign in with the company account of this email."}
      </ShownOnce>
    </>
  );
}

interface FormProps extends Pick<AddPersonProps, "action" | "companyName"> {
  onDone: (person: NewUser) => void;
}

function Form({ action, companyName, onDone }: FormProps) {
  const { state, busy, run } = useAction(action);
  const [role, setRole] = useState<Role>("member");

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const hasPassword = form.get("company") === null;
    run({ email: String(form.get("email")), name: String(form.get("name")), role, hasPassword }, onDone);
  }
  return (
    <form className={classes.body} onSubmit={submit}>
      <FormProblem state={state} />
      <TextInput
        label="Name"
        name="name"
        required
        withAsterisk={false}
        data-autofocus
        error={state.fieldErrors?.name}
      />
      <TextInput
        label="Email"
        name="email"
        type="email"
        required
        withAsterisk={false}
        error={state.fieldErrors?.email}
      />
      <RoleField value={role} onChange={setRole} />
      {companyName && <Checkbox name="company" label={`Without a password, for ${companyName}`} />}
      <div className={classes.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Creating…" : "Create account"}
        </Button>
      </div>
    </form>
  );
}

function signInLines(added: NewUser | undefined, consoleUrl: string): string {
  if (!added) return "";
  const lines = [consoleUrl, added.user.email];
  return [...lines, ...(added.password ? [added.password] : [])].join("\n");
}
