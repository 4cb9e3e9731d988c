"use client";

import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";

/** Times as the form has them, in the zone of the schedule. */
export interface OverrideInput {
  scheduleId: string;
  userId: string;
  timeZone: string;
  from: string;
  to: string;
  reason: string;
}

interface OverrideFormProps {
  scheduleId: string;
  span: { from: Date; to: Date };
  timeZone: string;
  people: { value: string; label: string }[];
  action: (input: OverrideInput) => Promise<ActionState<unknown>>;
  onDone: () => void;
}

/** Formats a moment in a time zone for date and time fields: "2026-05-04T09:00". */
function localOf(at: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  return format.format(at).replace(" ", "T");
}

/** Creates an override: person, time range and reason. */
export function OverrideForm({ scheduleId, span, timeZone, people, action, onDone }: OverrideFormProps) {
  const { state, busy, run } = useAction(action);
  const refresh = useRefresh();
  const [userId, setUserId] = useState<string | null>(null);
  const [from, setFrom] = useState(localOf(span.from, timeZone));
  const [to, setTo] = useState(localOf(span.to, timeZone));
  const [reason, setReason] = useState("");
  const complaints = state.fieldErrors ?? {};
  const name = people.find(({ value }) => value === userId)?.label;
  return (
    <form
      className={classes.body}
      onSubmit={(event) => {
        event.preventDefault();
        run({ scheduleId, userId: userId ?? "", timeZone, from, to, reason }, () => {
          toast.done(`${name ?? "Someone"} is now on call for this period.`);
          void refresh();
          onDone();
        });
      }}
    >
      <FormProblem state={state} />
      <Select
        label="Person"
        data={people}
        value={userId}
        onChange={setUserId}
        searchable
        error={complaints.userId && (userId ? complaints.userId : "Select a person.")}
        data-autofocus
      />
      <TextInput
        label="From"
        type="datetime-local"
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
        error={complaints.from}
      />
      <TextInput
        label="To"
        type="datetime-local"
        description={`Times are in ${timeZone}.`}
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
        error={complaints.to}
      />
      <TextInput
        label="Reason"
        placeholder="Doctor's appointment"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div className={classes.buttons}>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Saving…" : "Create override"}
        </Button>
      </div>
    </form>
  );
}
