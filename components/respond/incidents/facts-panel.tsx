"use client";

import { NativeSelect } from "@mantine/core";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { Panel } from "#components/ui/panel.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { causeKinds } from "#server/respond/incidents/constants.ts";
import type { CauseKind, Incident, UpdateIncident } from "#server/respond/incidents/contract.ts";
import { causeLabels } from "./incident-text.ts";
import classes from "./incidents.module.css";

interface Option {
  id: string;
  name: string;
}

interface FactsPanelProps {
  incident: Pick<Incident, "number" | "state" | "cause" | "lead" | "scribe" | "runbook" | "team" | "declaredBy">;
  people: readonly Option[];
  runbooks: readonly Option[];
  update: (input: UpdateIncident) => Promise<ActionState<unknown>>;
  /** Reason why the user may not edit the incident. */
  why?: string | undefined;
}

/** Shows lead, scribe, kind of cause, and the runbook in use. */
export function FactsPanel({ incident, people, runbooks, update, why }: FactsPanelProps) {
  const refresh = useRefresh();
  const { state, run } = useAction(update);
  const { number, cause, lead, scribe, runbook, team, declaredBy } = incident;
  const isFixed = why !== undefined || incident.state === "closed";
  const options = (list: readonly Option[], none: string) => [
    { value: "", label: none },
    ...list.map(({ id, name }) => ({ value: id, label: name })),
  ];
  const choices = [
    {
      label: "Leads",
      value: lead?.id,
      data: options(people, "Unassigned"),
      set: (leadId: string | null) => ({ leadId }),
    },
    {
      label: "Scribe",
      value: scribe?.id,
      data: options(people, "Unassigned"),
      set: (scribeId: string | null) => ({ scribeId }),
    },
    {
      label: "Cause",
      value: cause ?? undefined,
      data: options(
        causeKinds.map((id) => ({ id, name: causeLabels[id] })),
        "Unknown",
      ),
      set: (value: string | null) => ({ cause: value as CauseKind | null }),
    },
    {
      label: "Runbook",
      value: runbook?.id,
      data: options(runbooks, "None"),
      set: (runbookId: string | null) => ({ runbookId }),
    },
  ];
  return (
    <Panel title="Roles and cause" subtitle={`${team ? `${team.name}, ` : ""}declared by ${declaredBy}`}>
      <div className={classes.form}>
        {choices.map(({ label, value = "", data, set }) => (
          <NativeSelect
            label={label}
            data={data}
            value={value}
            disabled={isFixed}
            onChange={(event) => run({ number, ...set(event.currentTarget.value || null) }, () => void refresh())}
            key={label}
          />
        ))}
        {why && <span className="lw-small lw-quiet">Editing the incident {why}.</span>}
        {(state.error ?? Object.values(state.fieldErrors ?? {})[0]) && (
          <span role="alert">{state.error ?? Object.values(state.fieldErrors ?? {})[0]}</span>
        )}
      </div>
    </Panel>
  );
}
