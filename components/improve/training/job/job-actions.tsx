"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import { usePageKey } from "#components/develop/features/use-page-key.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import type { StopJob } from "#server/improve/training/jobs/contract.ts";
import { newJobHref } from "../addresses.ts";
import { StopDialog, type StoppableJob } from "../jobs/stop-job.tsx";

interface JobActionsProps {
  job: StoppableJob;
  isOpen: boolean;
  /** Whether it was asked to stop already. */
  isStopping: boolean;
  stop: (input: StopJob) => Promise<ActionState<unknown>>;
  actorName: string;
  why: { submit: string | undefined; stop: string | undefined };
}

/** Leads to the newest checkpoint, from which J and K move on. */
function toCheckpoints() {
  const panel = document.getElementById("checkpoints");
  panel?.scrollIntoView({ block: "start" });
  panel?.querySelector<HTMLElement>("tr[data-lw-row]")?.focus({ preventScroll: true });
}

/** Renders the buttons of a job: edit and re-run, and stop while it is open. C leads to its checkpoints. */
export function JobActions({ job, isOpen, isStopping, stop, actorName, why }: JobActionsProps) {
  const [isAsking, setIsAsking] = useState(false);
  const cannotStop = why.stop ?? (isStopping ? "already stopping" : undefined);
  const ask = () => setIsAsking(true);
  usePageKey(isOpen && cannotStop === undefined ? "S" : undefined, ask);
  usePageKey("C", toCheckpoints);
  return (
    <>
      <KeyLink href={newJobHref({ job: job.id })} letter="E" why={why.submit}>
        Edit and re-run…
      </KeyLink>
      {isOpen && (
        <Button
          variant="default"
          data-danger
          disabled={cannotStop !== undefined}
          title={cannotStop}
          onClick={ask}
          rightSection={<Keys keys={["S"]} />}
        >
          {isStopping ? "Stopping…" : "Stop…"}
        </Button>
      )}
      <StopDialog
        job={isAsking ? job : undefined}
        onClose={() => setIsAsking(false)}
        stop={stop}
        actorName={actorName}
      />
    </>
  );
}
