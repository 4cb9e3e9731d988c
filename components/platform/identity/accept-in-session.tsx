"use client";

import { Button } from "@mantine/core";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { useHydrated } from "#components/ui/now.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { AcceptInvitation } from "#server/platform/identity/contract.ts";
import { DeclineButton } from "./decline-button.tsx";
import classes from "./entrance-form.module.css";

interface AcceptInSessionProps {
  secret: string;
  action: (input: AcceptInvitation) => Promise<ActionState<{ workspace: string }>>;
}

/** Accepts or declines an invitation as the signed-in person. */
export function AcceptInSession({ secret, action }: AcceptInSessionProps) {
  const { state, busy, run } = useAction(action);
  const hydrated = useHydrated();
  return (
    <div className={classes.form}>
      <FormProblem state={state} />
      <Button
        disabled={!hydrated}
        aria-disabled={busy}
        onClick={() => run({ secret }, ({ workspace }) => window.location.assign(`/w/${workspace}`))}
      >
        {busy ? "Accepting…" : "Accept invitation"}
      </Button>
      <DeclineButton secret={secret} />
    </div>
  );
}
