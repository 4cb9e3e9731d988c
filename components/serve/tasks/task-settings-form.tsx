"use client";

import { Button, NumberInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { TaskSettings } from "#server/serve/tasks/contract.ts";
import classes from "../endpoints/settings/settings.module.css";

interface TaskSettingsFormProps {
  settings: TaskSettings;
  action: (settings: TaskSettings) => Promise<ActionState<unknown>>;
  /** Reason why the user cannot change it. */
  disabledReason: string | undefined;
}

const fields: { name: keyof TaskSettings; label: string; description: string; suffix?: string }[] = [
  {
    name: "backlogLimit",
    label: "Backlog",
    description: "Max queued and running tasks; additional ones are rejected with 503.",
  },
  { name: "tries", label: "Attempts", description: "After that, a task becomes a dead letter." },
  { name: "expirySeconds", label: "Expire after", description: "Unless specified in the request.", suffix: " s" },
  {
    name: "keptDays",
    label: "Result retention",
    description: "After the task finishes, including its input.",
    suffix: " days",
  },
];

/** Edits the limits of tasks: queue length, number of attempts, expiry and retention. */
export function TaskSettingsForm({ settings, action, disabledReason }: TaskSettingsFormProps) {
  const { state, busy, run } = useAction(action);
  const [values, setValues] = useState<Record<keyof TaskSettings, string | number>>(settings);
  const isOff = disabledReason !== undefined;

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const { backlogLimit, tries, expirySeconds, keptDays: retentionDays } = values;
    const input = { backlogLimit, tries, expirySeconds, keptDays: retentionDays };
    const numbers = Object.fromEntries(Object.entries(input).map(([name, value]) => [name, Number(value)]));
    run(numbers as TaskSettings, () => toast.done("Settings saved. They also apply to queued tasks."));
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <div className={classes.pair}>
        {fields.map(({ name, label, description, suffix = "" }) => (
          <NumberInput
            label={label}
            description={description}
            inputWrapperOrder={["label", "input", "description", "error"]}
            suffix={suffix}
            min={0}
            allowDecimal={false}
            hideControls
            disabled={isOff}
            value={values[name]}
            onChange={(value) => setValues({ ...values, [name]: value })}
            error={state.fieldErrors?.[`settings.${name}`]}
            key={name}
          />
        ))}
      </div>
      <div className={classes.line}>
        <Button type="submit" disabled={isOff} aria-disabled={busy}>
          {busy ? "Saving…" : "Save settings"}
        </Button>
        {disabledReason && <span className="lw-quiet">{disabledReason}</span>}
      </div>
    </form>
  );
}
