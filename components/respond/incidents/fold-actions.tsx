"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Incident } from "#server/respond/incidents/contract.ts";
import type { FoldChoices, MergeIncident, SplitIncident } from "#server/respond/incidents/folding/contract.ts";
import { MergeField, SplitField } from "./fold-fields.tsx";

interface FoldActionsProps {
  incident: Pick<Incident, "number" | "state" | "mergedInto" | "revision">;
  choices: FoldChoices;
  merge: (input: MergeIncident) => Promise<ActionState<unknown>>;
  split: (input: SplitIncident) => Promise<ActionState<number>>;
  actorName: string;
}

const moved = [
  { label: "Alerts", value: "move to the other incident, with their acknowledgements" },
  { label: "Pages", value: "nothing is paged again; escalations continue" },
];

/** Renders the buttons that merge an incident into another one, and split alerts or the merged incident itself off again. */
export function FoldActions(props: FoldActionsProps) {
  const { incident, choices } = props;
  const [asked, setAsked] = useState<"merge" | "split">();
  const { state, mergedInto } = incident;
  const isOpen = state === "triage" || state === "active" || state === "mitigated";
  const isSplittable = choices.groups.length > 1 || choices.groups.some(({ from }) => from !== null);
  const close = () => setAsked(undefined);
  return (
    <>
      {isOpen && choices.others.length > 0 && (
        <Button variant="default" onClick={() => setAsked("merge")}>
          Merge…
        </Button>
      )}
      {((isOpen && isSplittable) || mergedInto !== null) && (
        <Button variant="default" onClick={() => setAsked("split")}>
          Split off…
        </Button>
      )}
      {asked === "merge" && <MergeDialog {...props} onClose={close} />}
      {asked === "split" && <SplitDialog {...props} onClose={close} />}
    </>
  );
}

function MergeDialog({ incident, choices, merge, actorName, onClose }: FoldActionsProps & { onClose: () => void }) {
  const refresh = useRefresh();
  const [into, setInto] = useState<string | null>(null);
  const { number, revision } = incident;
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={`Merge INC-${number} into which incident?`}
      consequences={[
        ...moved,
        { label: "Keeps", value: `INC-${number} with its timeline, as merged` },
        { label: "Undo", value: "split it off again" },
      ]}
      reasons={["Same cause"]}
      confirmLabel="Merge"
      cancelLabel="Cancel"
      actorName={actorName}
      onConfirm={async (reason) => {
        if (!into) return "Select the incident to merge into.";
        const result = await merge({ number, into: Number(into), reason, revision });
        if (!result.ok) return failureOf(result);
        toast.done(`INC-${number} merged into INC-${into}.`);
        void refresh();
        return undefined;
      }}
    >
      <MergeField others={choices.others} value={into} onChange={setInto} />
    </ConfirmWithReason>
  );
}

function SplitDialog({ incident, choices, split, actorName, onClose }: FoldActionsProps & { onClose: () => void }) {
  const refresh = useRefresh();
  const [groupIds, setGroupIds] = useState<string[]>([]);
  const { number, mergedInto } = incident;
  const isMerged = mergedInto !== null;
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={isMerged ? `Split INC-${number} off INC-${mergedInto}?` : `Split which alerts off INC-${number}?`}
      consequences={[
        ...moved,
        {
          label: "Becomes",
          value: isMerged
            ? `INC-${number} is reopened with its own alerts`
            : "a new incident, or the reopened merged incident they came from",
        },
        { label: "Undo", value: "merge them again" },
      ]}
      reasons={["Another cause"]}
      confirmLabel="Split off"
      cancelLabel="Cancel"
      actorName={actorName}
      onConfirm={async (reason) => {
        if (!isMerged && groupIds.length === 0) return "Select the alerts to split off.";
        const input = isMerged ? { number: mergedInto, merged: number, reason } : { number, groupIds, reason };
        const result = await split(input);
        if (!result.ok) return failureOf(result);
        toast.done(`Split off as INC-${result.data}.`);
        void refresh();
        return undefined;
      }}
    >
      {!isMerged && <SplitField groups={choices.groups} value={groupIds} onChange={setGroupIds} />}
    </ConfirmWithReason>
  );
}

function failureOf(result: ActionState<unknown>): string {
  return Object.values(result.fieldErrors ?? {})[0] ?? result.error ?? "The change was not saved.";
}
