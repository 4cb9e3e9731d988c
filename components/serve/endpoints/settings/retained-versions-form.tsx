"use client";

import { Button, NumberInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import classes from "./settings.module.css";

interface RetainedVersionsFormProps {
  previousVersionsLoaded: number;
  action: (previousVersionsLoaded: number) => Promise<ActionState<unknown>>;
  /** Reason why the user cannot change it. */
  disabledReason: string | undefined;
}

/** Edits how many earlier versions gateways keep in memory. */
export function RetainedVersionsForm({ previousVersionsLoaded, action, disabledReason }: RetainedVersionsFormProps) {
  const { state, busy, run } = useAction(action);
  const [count, setCount] = useState<string | number>(previousVersionsLoaded);
  const isOff = disabledReason !== undefined;

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run(Number(count), () => toast.done("Settings saved. Gateways apply them within seconds."));
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <NumberInput
        label="Previous versions kept loaded"
        description="Each stays in memory and is served at /v2/models/…/versions/…."
        inputWrapperOrder={["label", "input", "description", "error"]}
        min={0}
        max={10}
        allowDecimal={false}
        hideControls
        disabled={isOff}
        value={count}
        onChange={setCount}
        error={state.fieldErrors?.previousVersionsLoaded}
      />
      <div className={classes.line}>
        <Button variant="default" type="submit" disabled={isOff} aria-disabled={busy}>
          {busy ? "Saving…" : "Save versions"}
        </Button>
        {disabledReason && <span className="lw-quiet">{disabledReason}</span>}
      </div>
    </form>
  );
}
