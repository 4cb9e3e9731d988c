"use client";

import { Button, Modal, Textarea } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { SignatureState } from "#server/develop/registry/security/contract.ts";

interface SignButtonProps {
  /** Hexadecimal, of the version's file: what is signed. */
  sha256: string;
  isSigned: boolean;
  sign: (signature: string) => Promise<ActionState<SignatureState>>;
}

/** Renders the button and the dialog that import a signature created elsewhere; Leeway never receives the private key. */
export function SignButton({ sha256, isSigned, sign }: SignButtonProps) {
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpened(true)}>
        {isSigned ? "Replace signature…" : "Add signature…"}
      </Button>
      <Modal opened={opened} onClose={close} title="Add signature" size={560} yOffset="12vh">
        <Form sha256={sha256} sign={sign} onDone={close} />
      </Modal>
    </>
  );
}

function Form({ sha256, sign, onDone }: Omit<SignButtonProps, "isSigned"> & { onDone: () => void }) {
  const refresh = useRefresh();
  const { state, busy, run } = useAction(sign);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run(String(new FormData(event.currentTarget).get("signature") ?? ""), (signature) => {
      toast.done(describeDone(signature));
      onDone();
      refresh();
    });
  }
  return (
    <form className={classes.body} onSubmit={submit}>
      <FormProblem state={state} />
      <CodeBlock examples={[{ label: "Signing command", code: commandOf(sha256) }]} />
      <Textarea
        label="Signature"
        name="signature"
        rows={3}
        description="Base64, as printed by the command; run it where the private key is stored. A signature by an untrusted key is stored and marked as such."
        error={state.fieldErrors?.signature}
        styles={{ input: { fontFamily: "var(--lw-font-mono)", fontSize: 12 } }}
        data-autofocus
      />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Checking…" : "Add signature"}
        </Button>
      </div>
    </form>
  );
}

function describeDone({ state, keyName }: SignatureState): string {
  if (state === "trusted") return `Signed by ${keyName}.`;
  if (state === "revoked") return `Signed by ${keyName}, which has been revoked.`;
  return "Signature stored. Its key is not trusted by this workspace.";
}

function commandOf(sha256: string): string {
  return `printf %s ${sha256} > digest\nopenssl pkeyutl -sign -inkey key.pem -rawin -in digest | base64 -w 0`;
}
