"use client";

import { Select } from "@mantine/core";
import { useState } from "react";
import { MergeField, SplitField } from "#components/respond/incidents/fold-fields.tsx";
import { cancelReasons } from "#components/respond/incidents/incident-text.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import type { Wire } from "#components/ui/wire.ts";
import { namesOf } from "#server/respond/oncall/escalation/constants.ts";
import type { TriageAct, TriageAction } from "#server/respond/triage/advice/contract.ts";
import type { Chosen, Person } from "../board-types.ts";

export interface ActionInput {
  reason: string;
  minutes: number;
  userId: string;
  /** Number of the incident into which the selected one is merged. */
  into: number;
  /** Alert groups that are split off. */
  groupIds: string[];
}

interface ActDialogProps {
  action: Wire<TriageAction>;
  chosen: Chosen;
  people: Person[];
  actorName: string;
  onClose: () => void;
  /** Does it. Words that it returns keep the dialog open. */
  onConfirm: (input: ActionInput) => Promise<string | undefined>;
}

const lengths: Partial<Record<TriageAct, { value: string; label: string }[]>> = {
  silence: [
    { value: "60", label: "1 h" },
    { value: "240", label: "4 h" },
    { value: "480", label: "8 h" },
    { value: "1440", label: "1 day" },
    { value: "4320", label: "3 days" },
  ],
  freeze: [
    { value: "60", label: "1 h" },
    { value: "240", label: "4 h" },
    { value: "720", label: "12 h" },
    { value: "1440", label: "1 day" },
    { value: "10080", label: "7 days" },
  ],
};

const reasons: Partial<Record<TriageAct, string[]>> = {
  "roll-back": ["Errors", "Latency", "Incorrect predictions"],
  "fall-back": ["Errors", "Latency", "Incorrect predictions"],
  silence: ["Known issue, being worked on", "Planned maintenance", "False alarm"],
  freeze: ["Investigation in progress"],
  "lift-freeze": ["Incident resolved", "Fix must be deployed"],
  cancel: cancelReasons,
  merge: ["Same cause"],
  split: ["Another cause"],
};

/** Asks for confirmation: shows the consequences, the undo and a reason field; for an incident, the likely reason is filled in. */
export function ActDialog({ action, chosen, people, actorName, onClose, onConfirm }: ActDialogProps) {
  const { act } = action;
  const [minutes, setMinutes] = useState("240");
  // Who is paged next anyway is the likeliest one.
  const next = act === "page" ? nextChoice(chosen) : undefined;
  const [userId, setUserId] = useState<string | null>(next?.value ?? null);
  const [into, setInto] = useState<string | null>(null);
  const [groupIds, setGroupIds] = useState<string[]>([]);
  const choices = lengths[act];
  const isOther = next !== undefined && userId !== next.value;
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={isOther ? "Page someone else?" : action.title || action.label}
      evidence={isOther ? "" : evidenceOf(act, chosen, action.words)}
      consequences={isOther ? besideEscalation : action.consequences}
      {...(act === "update" && { fieldLabel: "Message" })}
      reasons={reasons[act] ?? []}
      suggestion={suggestionOf(act, chosen)}
      confirmLabel={action.confirmLabel}
      cancelLabel={cancelLabel(act, chosen)}
      destructive={act === "roll-back" || act === "fall-back" || act === "cancel"}
      actorName={actorName}
      onConfirm={async (reason) => {
        if (act === "page" && !userId) return "Select the person to page.";
        if (act === "merge" && !into) return "Select the incident to merge into.";
        if (act === "split" && groupIds.length === 0) return "Select the alerts to split off.";
        return onConfirm({
          reason,
          minutes: Number(minutes),
          userId: userId === nextStep ? "" : (userId ?? ""),
          into: Number(into),
          groupIds,
        });
      }}
    >
      {choices && (
        <Select
          label="Duration"
          data={choices}
          value={minutes}
          allowDeselect={false}
          onChange={(value) => setMinutes(value ?? "240")}
        />
      )}
      {act === "merge" && <MergeField others={chosen.folding?.others ?? []} value={into} onChange={setInto} />}
      {act === "split" && <SplitField groups={chosen.folding?.groups ?? []} value={groupIds} onChange={setGroupIds} />}
      {act === "page" && (
        <Select
          label="Person"
          data={next ? [next, ...people] : people}
          allowDeselect={false}
          value={userId}
          onChange={setUserId}
          searchable
          placeholder="Name or email"
          nothingFoundMessage="No matching person"
        />
      )}
    </ConfirmWithReason>
  );
}

/** Value of the choice that executes the next step of the escalation. */
const nextStep = "next";

const besideEscalation = [
  { label: "Notifies", value: "that person immediately, via all contact methods" },
  { label: "Escalation", value: "continues unchanged" },
];

/** Returns the choice that executes the next step: "Next in the escalation: Tomasz Wilk"; undefined where it would page nobody. */
function nextChoice({ nextEscalation }: Chosen): { value: string; label: string } | undefined {
  const names = nextEscalation ? namesOf(nextEscalation) : [];
  return names.length > 0 ? { value: nextStep, label: `Next in the escalation: ${names.join(", ")}` } : undefined;
}

function evidenceOf(act: TriageAct, { title, cause }: Chosen, words: string): string {
  if (act === "roll-back" || act === "fall-back") return `${title}. ${cause.title}. ${words}`;
  return act === "note" || act === "update" || act === "merge" || act === "split" ? "" : words;
}

/** Returns the suggested reason: for an incident, the likely cause, so that the confirmation keys suffice. */
function suggestionOf(act: TriageAct, { title, cause, row }: Chosen): string {
  if (act === "note" || act === "update" || act === "lift-freeze") return "";
  const about = row.incident ? `INC-${row.incident.number}: ` : "";
  if (act === "silence" || act === "merge" || act === "split" || act === "cancel") return "";
  if (act === "page") return `${about}${title}.`;
  if (act === "resolve") return `${about}over.`;
  const why = cause.evidence === "none" || !cause.change ? "" : ` ${cause.title}: ${cause.change.title}.`;
  return `${about}${title}.${why}`;
}

function cancelLabel(act: TriageAct, { endpoint }: Chosen): string {
  if (act === "roll-back" || act === "fall-back") return endpoint?.serves ? `Keep ${endpoint.serves}` : "Cancel";
  if (act === "lift-freeze") return "Keep frozen";
  return act === "resolve" || act === "cancel" ? "Keep open" : "Cancel";
}
