"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { toast } from "#components/ui/toast.tsx";
import type {
  ExclusionEffect,
  SetAnnotatorExclusion,
  SetAnnotatorPause,
} from "#server/improve/labelling/annotators/contract.ts";

interface AnnotatorActionsProps {
  projectId: number;
  person: string;
  name: string;
  isPaused: boolean;
  isExcluded: boolean;
  /** What the consensus would be after the change of the exclusion. */
  effect: ExclusionEffect;
  pause: (input: SetAnnotatorPause) => Promise<ActionState<unknown>>;
  exclude: (input: SetAnnotatorExclusion) => Promise<ActionState<unknown>>;
  actorName: string;
}

/** Renders the actions about a person: pause or resume, exclude or include their labels. */
export function AnnotatorActions(props: AnnotatorActionsProps) {
  const { projectId, person, name, isPaused, isExcluded, effect } = props;
  const [opened, setOpened] = useState<"pause" | "exclude">();
  const close = () => setOpened(undefined);

  async function confirm(reason: string): Promise<string | undefined> {
    const { ok, error } =
      opened === "pause"
        ? await props.pause({ projectId, person, isPaused: !isPaused, reason })
        : await props.exclude({ projectId, person, isExcluded: !isExcluded, reason });
    if (!ok) return error ?? "The change was not saved. Reload the page to see the current state.";
    toast.done(
      opened === "pause"
        ? `${isPaused ? "Resumed" : "Paused"} ${name}.`
        : `Labels of ${name} are ${isExcluded ? "included again" : "excluded"}.`,
    );
    return undefined;
  }

  return (
    <>
      <Button variant="default" onClick={() => setOpened("exclude")}>
        {isExcluded ? "Include labels…" : "Exclude labels…"}
      </Button>
      <Button variant="default" data-danger={!isPaused || undefined} onClick={() => setOpened("pause")}>
        {isPaused ? "Resume…" : "Pause…"}
      </Button>
      <ConfirmWithReason
        opened={opened === "exclude"}
        onClose={close}
        title={isExcluded ? `Include the labels of ${name}?` : `Exclude the labels of ${name}?`}
        consequences={[
          {
            label: "Changes",
            value: `${plural(effect.changed, "consensus label")} of ${effect.isComplete ? "" : "the first "}${formatCount(effect.tasks)}; ${plural(effect.open, "item is", "items are")} open again or to review`,
          },
          { label: "Stays", value: "the labels themselves; consensus ignores them" },
          { label: "Undo", value: isExcluded ? "exclude them again" : "include them again" },
        ]}
        confirmLabel={isExcluded ? "Include labels" : "Exclude labels"}
        cancelLabel="Cancel"
        destructive={!isExcluded}
        actorName={props.actorName}
        onConfirm={confirm}
      />
      <ConfirmWithReason
        opened={opened === "pause"}
        onClose={close}
        title={isPaused ? `Resume ${name}?` : `Pause ${name}?`}
        consequences={[
          {
            label: "Changes",
            value: isPaused
              ? "the queue serves items again; gold items count from now on"
              : "the queue serves no more items, and the page shows the reason",
          },
          { label: "Stays", value: "all labels" },
          { label: "Undo", value: isPaused ? "pause again" : "resume here" },
        ]}
        confirmLabel={isPaused ? "Resume" : "Pause"}
        cancelLabel="Cancel"
        destructive={!isPaused}
        actorName={props.actorName}
        onConfirm={confirm}
      />
    </>
  );
}
