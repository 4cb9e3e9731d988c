"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { StopJob } from "#server/improve/training/jobs/contract.ts";

interface PreemptJobProps {
  job: { id: string; name: string; graceSeconds: number; hasCheckpoint: boolean };
  preempt: (input: StopJob) => Promise<ActionState<unknown>>;
  actorName: string;
  /** Why it cannot be preempted; undefined where it can. */
  why: string | undefined;
}

/** Renders the button that takes a running job's place away, as a rehearsal, and says what follows before it does. */
export function PreemptJob({ job, preempt, actorName, why }: PreemptJobProps) {
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <Button variant="default" disabled={why !== undefined} title={why} onClick={() => setIsAsking(true)}>
        Preempt…
      </Button>
      <ConfirmWithReason
        opened={isAsking}
        onClose={() => setIsAsking(false)}
        title={`Preempt ${job.name}?`}
        consequences={[
          { label: "Ends", value: `the program gets SIGTERM and ${job.graceSeconds} s to save` },
          {
            label: "Then",
            value: job.hasCheckpoint
              ? "resumes about 30 s later from its newest checkpoint"
              : "restarts about 30 s later from the beginning, because there is no checkpoint yet",
          },
          { label: "Counts", value: "as a preemption, with the lost steps and time" },
        ]}
        reasons={["Rehearsal"]}
        suggestion="Rehearsal"
        confirmLabel="Preempt job"
        cancelLabel="Cancel"
        actorName={actorName}
        onConfirm={async (reason) => {
          const result = await preempt({ job: job.id, reason });
          if (!result.ok) return result.error ?? "Could not preempt the job. Reload the page to see its state.";
          toast.done(`${job.name} is preempted.`);
          return undefined;
        }}
      />
    </>
  );
}
