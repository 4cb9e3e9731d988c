"use client";

import { Button, Modal, Textarea, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { AddTrustedKey, TrustedKey } from "#server/develop/registry/security/contract.ts";

interface TrustKeyProps {
  action: (input: AddTrustedKey) => Promise<ActionState<TrustedKey>>;
  /** Reason why it is disabled: "needs the role admin". */
  why?: string | undefined;
}

/** Renders the button and the dialog that trust a public key. */
export function TrustKey({ action, why }: TrustKeyProps) {
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Button disabled={why !== undefined} onClick={() => setOpened(true)}>
        Trust key…
      </Button>
      <Modal opened={opened} onClose={close} title="Trust key" size={520} yOffset="12vh">
        <Form action={action} onDone={close} />
      </Modal>
    </>
  );
}

function Form({ action, onDone }: { action: TrustKeyProps["action"]; onDone: () => void }) {
  const { state, busy, run } = useAction(action);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    run({ name: String(form.get("name") ?? ""), publicKey: String(form.get("publicKey") ?? "") }, ({ name }) => {
      toast.done(`Signatures by ${name} are now accepted.`);
      onDone();
    });
  }
  return (
    <form className={classes.body} onSubmit={submit}>
      <FormProblem state={state} />
      <TextInput
        label="Name"
        name="name"
        placeholder="release pipeline"
        error={state.fieldErrors?.name}
        data-autofocus
      />
      <Textarea
        label="Public key"
        name="publicKey"
        rows={4}
        placeholder={"-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----"}
        description="Ed25519, as printed by openssl pkey -pubout. The private key never leaves your machine."
        error={state.fieldErrors?.publicKey}
        styles={{ input: { fontFamily: "var(--lw-font-mono)", fontSize: 12 } }}
      />
      <div className={classes.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Adding…" : "Trust key"}
        </Button>
      </div>
    </form>
  );
}
