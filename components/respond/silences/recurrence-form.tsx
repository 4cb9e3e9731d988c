"use client";

import { Button, Checkbox, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useState } from "react";
import classes from "#components/alerting/alerts/alerts.module.css";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { SilencePreview } from "#server/alerting/alerts/silences/contract.ts";
import { MatchersField, type PreviewAction } from "./matchers-field.tsx";
import { type Recurrence, recurrenceSentence, ruleOf, weekdays } from "./recurrence-text.ts";

/** Input of the form; the start is local to the time zone: "2026-05-03T02:00". */
export interface RecurrenceInput {
  matchers: string;
  rule: string;
  localStart: string;
  timeZone: string;
  durationMs: number;
  comment: string;
  confirm?: number | undefined;
}

interface RecurrenceFormProps {
  matchers: string;
  save: (input: RecurrenceInput) => Promise<ActionState<unknown>>;
  preview: PreviewAction;
}

/** Renders the form of a silence that recurs in local time, such as every Sunday from 02:00 to 04:00. */
export function RecurrenceForm({ matchers: proposed, save, preview }: RecurrenceFormProps) {
  const router = useRouter();
  const { state, busy, run } = useAction(save);
  const [matchers, setMatchers] = useState(proposed);
  const [counted, setCounted] = useState<SilencePreview>();
  const [input, setInput] = useState<Recurrence>({
    frequency: "WEEKLY",
    days: ["SU"],
    from: "02:00",
    until: "04:00",
    dayOfMonth: 1,
    timeZone: "UTC",
  });
  const [comment, setComment] = useState("");
  const [confirm, setConfirm] = useState("");
  const complaints = state.fieldErrors ?? {};
  const change = (part: Partial<Recurrence>) => setInput({ ...input, ...part });

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const typed = { matchers, comment, confirm: confirm === "" ? undefined : Number(confirm) };
    run({ ...typed, ...ruleOf(input, new Date()), timeZone: input.timeZone }, () => {
      toast.done("Recurring silence saved.");
      router.push("/alerts/silences#recurring");
    });
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <FormProblem state={state} />
      <MatchersField
        value={matchers}
        onChange={setMatchers}
        preview={preview}
        onCounted={setCounted}
        error={complaints.matchers}
      />
      <div className={classes.row}>
        <NativeSelect
          label="Repeats"
          data={[
            { value: "DAILY", label: "day" },
            { value: "WEEKLY", label: "week" },
            { value: "MONTHLY", label: "month" },
          ]}
          value={input.frequency}
          onChange={(event) => change({ frequency: event.currentTarget.value as Recurrence["frequency"] })}
          error={complaints.rule}
        />
        {input.frequency === "MONTHLY" && (
          <TextInput
            type="number"
            label="On day"
            min={1}
            max={31}
            value={input.dayOfMonth}
            onChange={(event) => change({ dayOfMonth: Number(event.currentTarget.value) })}
          />
        )}
        <TextInput
          type="time"
          label="From"
          value={input.from}
          onChange={(event) => change({ from: event.currentTarget.value })}
          error={complaints.startsAt}
        />
        <TextInput
          type="time"
          label="To"
          value={input.until}
          onChange={(event) => change({ until: event.currentTarget.value })}
          error={complaints.durationMs}
        />
        <TextInput
          label="Time zone"
          value={input.timeZone}
          onChange={(event) => change({ timeZone: event.currentTarget.value })}
          error={complaints.timeZone}
        />
      </div>
      {input.frequency === "WEEKLY" && (
        <Checkbox.Group label="On" value={input.days} onChange={(days) => change({ days })}>
          <div className={classes.choices}>
            {weekdays.map(({ key, label }) => (
              <Checkbox key={key} value={key} label={label} />
            ))}
          </div>
        </Checkbox.Group>
      )}
      <p className={classes.sentence}>{recurrenceSentence(input)}</p>
      <Textarea
        label="Reason"
        rows={2}
        maxLength={2000}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
        error={complaints.comment}
      />
      {(counted?.isWide || complaints.confirm) && (
        <TextInput
          label={`This mutes more than half of all firing alerts. Type ${counted?.matched ?? "the number of alerts"} to confirm`}
          value={confirm}
          onChange={(event) => setConfirm(event.currentTarget.value)}
          error={complaints.confirm}
        />
      )}
      <div className={classes.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Saving…" : "Add recurring silence"}
        </Button>
      </div>
    </form>
  );
}
