"use client";

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useHydrated } from "#components/ui/now.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type {
  ConfirmSecondFactor,
  NewSecondFactor,
  RecoveryCodes,
  StartSecondFactor,
} from "#server/platform/identity/second-factor/contract.ts";
import { passwordEye } from "./password-eye.tsx";
import { QrCode } from "./qr-code.tsx";
import classes from "./second-factor.module.css";
import { ShownOnce } from "./shown-once.tsx";

interface SecondFactorSetupProps {
  start: (input: StartSecondFactor) => Promise<ActionState<NewSecondFactor>>;
  confirm: (input: ConfirmSecondFactor) => Promise<ActionState<RecoveryCodes>>;
}

/** Adds an authenticator app in two steps: the password, then a first code. Ends with the recovery codes, shown once. */
export function SecondFactorSetup({ start, confirm }: SecondFactorSetupProps) {
  const router = useRouter();
  const [started, setStarted] = useState<NewSecondFactor>();
  const [codes, setCodes] = useState<string[]>();

  function finish() {
    setCodes(undefined);
    router.refresh();
  }
  return (
    <div className={classes.setup}>
      {started ? (
        <ConfirmForm factor={started} confirm={confirm} onDone={setCodes} />
      ) : (
        <PasswordStep start={start} onDone={setStarted} />
      )}
      <ShownOnce
        opened={codes !== undefined}
        onClose={finish}
        title="Recovery codes"
        examples={[{ label: "Recovery codes", code: (codes ?? []).join("\n") }]}
        doneLabel="I have saved them"
      >
        Each code signs you in once if you lose your phone. Store them in a safe place; they are not shown again.
      </ShownOnce>
    </div>
  );
}

interface PasswordStepProps {
  start: SecondFactorSetupProps["start"];
  onDone: (factor: NewSecondFactor) => void;
}

function PasswordStep({ start, onDone }: PasswordStepProps) {
  const { state, busy, run } = useAction(start);
  const hydrated = useHydrated();

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run({ currentPassword: String(new FormData(event.currentTarget).get("password")) }, onDone);
  }
  return (
    <form method="post" onSubmit={submit} className={classes.form}>
      <p className="lw-muted">At sign-in, Leeway then also asks for a code of the app on your phone.</p>
      <FormProblem state={state} />
      <PasswordInput
        label="Current password"
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        error={state.fieldErrors?.currentPassword}
        {...passwordEye}
      />
      <div>
        <Button type="submit" disabled={!hydrated} aria-disabled={busy}>
          {busy ? "Checking…" : "Set up authenticator app"}
        </Button>
      </div>
    </form>
  );
}

interface ConfirmFormProps {
  factor: NewSecondFactor;
  confirm: SecondFactorSetupProps["confirm"];
  onDone: (recoveryCodes: string[]) => void;
}

function ConfirmForm({ factor, confirm, onDone }: ConfirmFormProps) {
  const { state, busy, run } = useAction(confirm);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get("code"));
    run({ code }, ({ recoveryCodes }) => onDone(recoveryCodes));
  }
  return (
    <form method="post" onSubmit={submit} className={classes.form}>
      <p className="lw-muted">Scan this with your authenticator app, or enter the key.</p>
      <QrCode text={factor.address} label="QR code for your authenticator app" size={180} />
      <code className={classes.key}>{inGroups(factor.secret)}</code>
      <FormProblem state={state} />
      <TextInput
        label="Code"
        description="6 digits, from the app"
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        required
        withAsterisk={false}
        autoFocus
        error={state.fieldErrors?.code}
      />
      <div>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Checking…" : "Turn on"}
        </Button>
      </div>
    </form>
  );
}

/** Separates a key into groups of four, which are easier to type. */
function inGroups(secret: string): string {
  return Array.from({ length: Math.ceil(secret.length / 4) }, (_, index) =>
    secret.slice(index * 4, index * 4 + 4),
  ).join(" ");
}
