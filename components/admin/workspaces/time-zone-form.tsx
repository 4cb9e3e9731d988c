"use client";

import { Button, Select } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import classes from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { SetWorkspaceTimeZone } from "#server/platform/identity/contract.ts";

interface TimeZoneFormProps {
  timeZone: string;
  /** All that may be chosen. */
  zones: readonly string[];
  action: (input: SetWorkspaceTimeZone) => Promise<ActionState<{ timeZone: string }>>;
  /** Reason why the user cannot change it. */
  disabledReason: string | undefined;
}

/** Edits the time zone in which the workspace's days start. */
export function TimeZoneForm({ timeZone, zones, action, disabledReason }: TimeZoneFormProps) {
  const { state, busy, run } = useAction(action);
  const [chosen, setChosen] = useState(timeZone);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run({ timeZone: chosen }, (set) => toast.done(`Days now start at midnight in ${set.timeZone}.`));
  }
  return (
    <form className={classes.body} onSubmit={submit} style={{ maxWidth: 360 }}>
      <FormProblem state={state} />
      <Select
        label="Time zone"
        data={[...zones]}
        value={chosen}
        onChange={(zone) => setChosen(zone ?? timeZone)}
        searchable
        allowDeselect={false}
        disabled={disabledReason !== undefined}
        error={state.fieldErrors?.timeZone}
      />
      <p className="lw-small lw-muted">
        Open reports and costs are recalculated in this time zone. Reports become final 35 days after their period ends
        and keep the time zone shown on them.
      </p>
      <div style={{ display: "flex", gap: 8, alignItems: "center" }}>
        <Button type="submit" disabled={disabledReason !== undefined} aria-disabled={busy}>
          {busy ? "Saving…" : "Save"}
        </Button>
        {disabledReason && <span className="lw-quiet">{disabledReason}</span>}
      </div>
    </form>
  );
}
