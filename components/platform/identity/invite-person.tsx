"use client";

import { Button, Modal, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { CreateInvitation, NewInvitation, Role } from "#server/platform/identity/contract.ts";
import { InvitationResult } from "./invitation-result.tsx";
import { RoleField } from "./role-field.tsx";

interface InvitePersonProps {
  action: (input: CreateInvitation) => Promise<ActionState<NewInvitation>>;
}

/** Renders the button, its dialog, and the link if Leeway cannot mail it. */
export function InvitePerson({ action }: InvitePersonProps) {
  const [opened, setOpened] = useState(false);
  const [made, setMade] = useState<NewInvitation>();
  return (
    <>
      <Button onClick={() => setOpened(true)}>Invite person…</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Invite person" size={480} yOffset="14vh">
        <Form
          action={action}
          onDone={(invitation) => {
            setOpened(false);
            setMade(invitation);
          }}
        />
      </Modal>
      <InvitationResult made={made} onClose={() => setMade(undefined)} />
    </>
  );
}

function Form({ action, onDone }: { action: InvitePersonProps["action"]; onDone: (made: NewInvitation) => void }) {
  const { state, busy, run } = useAction(action);
  const [role, setRole] = useState<Role>("member");

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run({ email: String(new FormData(event.currentTarget).get("email")), role }, onDone);
  }
  return (
    <form className={classes.body} onSubmit={submit}>
      <FormProblem state={state} />
      <TextInput
        label="Email"
        name="email"
        type="email"
        required
        withAsterisk={false}
        data-autofocus
        error={state.fieldErrors?.email}
      />
      <RoleField value={role} onChange={setRole} />
      <div className={classes.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Inviting…" : "Invite"}
        </Button>
      </div>
    </form>
  );
}
