"use client";

import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import { incidentSeverities } from "#server/respond/incidents/constants.ts";
import type { Incident, IncidentState, MoveIncident, SetIncidentSeverity } from "#server/respond/incidents/contract.ts";
import { cancelReasons, moveLabels, severityLabels, stateOf } from "./incident-text.ts";

interface IncidentActionsProps {
  incident: Pick<Incident, "number" | "state" | "severity" | "moves" | "revision">;
  move: (input: MoveIncident) => Promise<ActionState<unknown>>;
  setSeverity: (input: SetIncidentSeverity) => Promise<ActionState<unknown>>;
  actorName: string;
  /** Reason why the user may not change the state. */
  why?: string | undefined;
}

/** Renders the state and severity changes of an incident; each asks for a reason. */
export function IncidentActions({ incident, move, setSeverity, actorName, why }: IncidentActionsProps) {
  const refresh = useRefresh();
  const [to, setTo] = useState<IncidentState>();
  const [isSeverity, setIsSeverity] = useState(false);
  const { number, state, moves, revision } = incident;
  if (why) return <span className="lw-small lw-quiet">Editing the incident {why}.</span>;
  const canChange = state !== "closed" && state !== "cancelled" && state !== "merged";
  // The next step forward comes last and is the primary action.
  const ordered = moves.toSorted((one, other) => rank(one) - rank(other));
  const primary = ordered.at(-1);
  async function confirm(reason: string) {
    if (!to) return undefined;
    const result = await move({ number, to, reason, revision });
    if (!result.ok) return Object.values(result.fieldErrors ?? {})[0] ?? result.error ?? "The change was not saved.";
    toast.done(moveLabels[to].done);
    void refresh();
    return undefined;
  }
  return (
    <>
      {canChange && (
        <Button variant="default" onClick={() => setIsSeverity(true)}>
          Severity…
        </Button>
      )}
      {ordered.map((each) => (
        <Button {...(each === primary ? {} : { variant: "default" })} onClick={() => setTo(each)} key={each}>
          {each === "active" && state !== "triage" ? "Reopen" : moveLabels[each].label}…
        </Button>
      ))}
      {to && (
        <ConfirmWithReason
          opened
          onClose={() => setTo(undefined)}
          title={`INC-${number}: ${stateOf(state).word.toLowerCase()} → ${stateOf(to).word.toLowerCase()}?`}
          consequences={consequencesOf(to, number)}
          reasons={reasonsOf[to] ?? []}
          confirmLabel={to === "active" && state !== "triage" ? "Reopen" : moveLabels[to].label}
          cancelLabel="Cancel"
          destructive={to === "cancelled"}
          actorName={actorName}
          onConfirm={confirm}
        />
      )}
      {isSeverity && (
        <SeverityDialog
          incident={incident}
          setSeverity={setSeverity}
          actorName={actorName}
          onClose={() => setIsSeverity(false)}
        />
      )}
    </>
  );
}

function SeverityDialog(
  props: Pick<IncidentActionsProps, "incident" | "setSeverity" | "actorName"> & { onClose: () => void },
) {
  const { incident, setSeverity, actorName, onClose } = props;
  const refresh = useRefresh();
  const [severity, choose] = useState(incident.severity);
  const isRaised = severity < incident.severity;
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={`Change severity of INC-${incident.number}?`}
      consequences={[
        { label: "Notified again", value: isRaised ? "everyone who was paged, and the incident lead" : "no one" },
        {
          label: "Post-mortem",
          value:
            severity < "SEV3"
              ? "required before closing, due in 5 working days"
              : "required only if a large share of an error budget was spent",
        },
      ]}
      confirmLabel={`Set to ${severity}`}
      cancelLabel={`Keep ${incident.severity}`}
      actorName={actorName}
      onConfirm={async (reason) => {
        const { number, revision } = incident;
        const result = await setSeverity({ number, severity, reason, revision });
        if (!result.ok)
          return Object.values(result.fieldErrors ?? {})[0] ?? result.error ?? "The change was not saved.";
        toast.done(`Severity set to ${severity}.`);
        void refresh();
        return undefined;
      }}
    >
      <NativeSelect
        label="Severity"
        value={severity}
        data={incidentSeverities.map((value) => ({ value, label: `${value}: ${severityLabels[value]}` }))}
        onChange={(event) => choose(event.currentTarget.value as typeof severity)}
      />
    </ConfirmWithReason>
  );
}

function rank(state: IncidentState): number {
  return ["cancelled", "triage", "active", "mitigated", "resolved", "closed"].indexOf(state);
}

const reasonsOf: Partial<Record<IncidentState, string[]>> = {
  active: ["Confirmed", "Failing again"],
  mitigated: ["Rolled back", "Mitigation in place"],
  resolved: ["Cause fixed"],
  cancelled: cancelReasons,
};

function consequencesOf(to: IncidentState, number: number): { label: string; value: string }[] {
  if (to === "resolved") {
    return [
      { label: "Impact", value: "is final" },
      { label: "Post-mortem", value: "is drafted from the timeline if one is due" },
      { label: "Undo", value: "reopen within 24 h" },
    ];
  }
  if (to === "mitigated") return [{ label: "Impact", value: "is calculated up to now" }];
  if (to === "cancelled") return [{ label: "Statistics", value: `INC-${number} is excluded from all statistics` }];
  if (to === "closed") return [{ label: "Undo", value: "not possible; declare a new incident if it happens again" }];
  return [{ label: "Timeline", value: "records who did it and why" }];
}
