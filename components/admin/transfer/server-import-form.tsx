"use client";

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Import, StartImport } from "#server/admin/transfer/contract.ts";
import classes from "./transfer.module.css";

export type StartServerAction = (input: StartImport) => Promise<ActionState<Import>>;

const ways = [
  { value: "none", label: "No authentication" },
  { value: "token", label: "Token" },
  { value: "password", label: "Username and password" },
] as const;

/** Address of an MLflow server and how to sign in there. */
export function ServerImportForm({ action, onDone }: { action: StartServerAction; onDone: (made: Import) => void }) {
  const { state, busy, run } = useAction(action);
  const [way, setWay] = useState<(typeof ways)[number]["value"]>("none");
  const complaints = state.fieldErrors ?? {};

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const field = (name: string) => String(new FormData(event.currentTarget).get(name) ?? "");
    run(
      {
        address: field("address"),
        ...(way === "token" && { token: field("token") }),
        ...(way === "password" && { userName: field("userName"), password: field("password") }),
      },
      onDone,
    );
  }
  return (
    <form className={classes.body} onSubmit={submit}>
      <FormProblem state={state} />
      <TextInput
        label="Address"
        name="address"
        description="An MLflow server or another Leeway. Everything that is not deleted there is imported."
        placeholder="https://mlflow.example.org"
        error={complaints.address}
        data-autofocus
      />
      <Segmented label="Authentication" value={way} onChange={setWay} options={[...ways]} />
      {way === "token" && (
        <PasswordInput label="Token" name="token" autoComplete="off" description={kept} error={complaints.token} />
      )}
      {way === "password" && (
        <>
          <TextInput label="Username" name="userName" autoComplete="off" error={complaints.userName} />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="off"
            description={kept}
            error={complaints.password}
          />
        </>
      )}
      <div className={classes.buttons}>
        <span className={classes.note}>Importing again skips unchanged items.</span>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Starting…" : "Start import"}
        </Button>
      </div>
    </form>
  );
}

const kept = "Deleted when the import finishes.";
