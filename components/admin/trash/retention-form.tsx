"use client";

import { Button, NumberInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { RetentionRule } from "#server/admin/trash/contract.ts";
import classes from "./trash.module.css";

interface RetentionFormProps {
  rule: RetentionRule;
  /** Reason why the reader cannot change it. */
  disabledReason: string | undefined;
  action: (input: RetentionRule) => Promise<ActionState<unknown>>;
  /** Removes the experiment's own rule; undefined if the experiment has none. */
  drop?: (() => Promise<ActionState<unknown>>) | undefined;
}

/** Renders the days after which runs go to the trash and the trash is emptied. An empty field means never. */
export function RetentionForm({ rule, disabledReason, action, drop }: RetentionFormProps) {
  const { state, busy, run } = useAction(action);
  const dropping = useAction(async () => (drop ? drop() : { ok: true }));
  const [quiet, setQuiet] = useState<string | number>(rule.deleteRunsAfterDays ?? "");
  const [stored, setStored] = useState<string | number>(rule.purgeAfterDays ?? "");
  const isOff = disabledReason !== undefined;

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const days = (value: string | number) => (value === "" ? null : Number(value));
    const input = { deleteRunsAfterDays: days(quiet), purgeAfterDays: days(stored) };
    run(input, () => toast.done("Retention saved. It is applied once a day."));
  }
  const field = { placeholder: "never", min: 1, max: 36_500, allowDecimal: false, disabled: isOff, suffix: " days" };
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <NumberInput
        {...field}
        label="Move runs to trash after"
        description="Days since the last write. Runs that produced a model version are kept."
        value={quiet}
        onChange={setQuiet}
        error={state.fieldErrors?.deleteRunsAfterDays}
      />
      <NumberInput
        {...field}
        label="Empty trash after"
        description="Items are then permanently deleted, unless they are in use."
        value={stored}
        onChange={setStored}
        error={state.fieldErrors?.purgeAfterDays}
      />
      <div className={classes.line}>
        <Button type="submit" disabled={isOff} aria-disabled={busy}>
          {busy ? "Saving…" : "Save retention"}
        </Button>
        {drop && !isOff && (
          <Button
            variant="default"
            aria-disabled={dropping.busy}
            onClick={() => dropping.run(undefined, () => toast.done("The workspace retention applies again."))}
          >
            Use workspace retention
          </Button>
        )}
        {disabledReason && <span className="lw-quiet">{disabledReason}</span>}
      </div>
    </form>
  );
}
