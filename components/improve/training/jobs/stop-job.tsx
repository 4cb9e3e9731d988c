"use client";

import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { StopJob } from "#server/improve/training/jobs/contract.ts";

export interface StoppableJob {
  id: string;
  name: string;
  isWaiting: boolean;
  /** Newest checkpoint, in words; null without one. */
  checkpoint: string | null;
  /** Seconds that it gets to save. */
  graceSeconds: number;
}

interface StopDialogProps {
  job: StoppableJob | undefined;
  onClose: () => void;
  stop: (input: StopJob) => Promise<ActionState<unknown>>;
  actorName: string;
}

/** Asks for a reason before a job is stopped, and says what is kept. */
export function StopDialog({ job, onClose, stop, actorName }: StopDialogProps) {
  if (!job) return null;
  const { id, name, isWaiting, checkpoint, graceSeconds } = job;
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={`Stop ${name}?`}
      consequences={
        isWaiting
          ? [{ label: "Ends", value: "removed from the queue; nothing has run" }]
          : [
              { label: "Ends", value: `its program gets SIGTERM and ${graceSeconds} s to save` },
              { label: "Keeps", value: checkpoint ?? "its log and its run; it has no checkpoint yet" },
              { label: "Later", value: "use Edit and re-run to start over" },
            ]
      }
      reasons={["Does not converge", "Wrong parameters", "Costs too much"]}
      confirmLabel="Stop job"
      cancelLabel="Cancel"
      destructive
      actorName={actorName}
      onConfirm={async (reason) => {
        const result = await stop({ job: id, reason });
        if (!result.ok) return result.error ?? "Could not stop the job. Reload the page to see its state.";
        toast.done(`Stopping ${name}.`);
        return undefined;
      }}
    />
  );
}
