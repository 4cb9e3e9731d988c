"use client";

import { Button, NumberInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { FormProblem } from "#components/identity/form-problem.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { RetentionRule } from "#server/trash/contract.ts";
import classes from "./trash.module.css";

interface RetentionFormProps {
  rule: RetentionRule;
  /** Why it cannot be changed by the reader. */
  offBecause: string | undefined;
  action: (input: RetentionRule) => Promise<ActionState<unknown>>;
  /** Of an experiment that has its own rule: takes it away. */
  drop?: (() => Promise<ActionState<unknown>>) | undefined;
}

/** After how many days runs go to the trash, and the trash is emptied. An empty field is never. */
export function RetentionForm({ rule, offBecause, action, drop }: RetentionFormProps) {
  const { state, busy, run } = useAction(action);
  const dropping = useAction(async () => (drop ? drop() : { ok: true }));
  const [quiet, setQuiet] = useState<string | number>(rule.deleteRunsAfterDays ?? "");
  const [kept, setKept] = useState<string | number>(rule.purgeAfterDays ?? "");
  const isOff = offBecause !== undefined;

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const days = (value: string | number) => (value === "" ? null : Number(value));
    const input = { deleteRunsAfterDays: days(quiet), purgeAfterDays: days(kept) };
    run(input, () => toast.done("The rule was saved. It is followed once a day."));
  }
  const field = { placeholder: "never", min: 1, max: 36_500, allowDecimal: false, disabled: isOff, suffix: " days" };
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <NumberInput
        {...field}
        label="Runs go to the trash after"
        description="Days without a write. Runs that a model version came from stay."
        value={quiet}
        onChange={setQuiet}
        error={state.fieldErrors?.deleteRunsAfterDays}
      />
      <NumberInput
        {...field}
        label="The trash keeps things for"
        description="Then they are deleted for good, unless something uses them."
        value={kept}
        onChange={setKept}
        error={state.fieldErrors?.purgeAfterDays}
      />
      <div className={classes.line}>
        <Button type="submit" disabled={isOff} aria-disabled={busy}>
          {busy ? "Saving…" : "Save rule"}
        </Button>
        {drop && !isOff && (
          <Button
            variant="default"
            aria-disabled={dropping.busy}
            onClick={() => dropping.run(undefined, () => toast.done("The rule of the workspace counts again."))}
          >
            Use the workspace’s
          </Button>
        )}
        {offBecause && <span className="lw-quiet">{offBecause}</span>}
      </div>
    </form>
  );
}
