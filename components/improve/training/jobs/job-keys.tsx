"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { usePageKey } from "#components/develop/features/use-page-key.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import type { StopJob } from "#server/improve/training/jobs/contract.ts";
import { newJobHref, rerunHref } from "../addresses.ts";
import { StopDialog, type StoppableJob } from "./stop-job.tsx";

interface JobKeysProps {
  /** Open jobs of the list, by which S finds the one that has the focus. */
  open: readonly StoppableJob[];
  stop: (input: StopJob) => Promise<ActionState<unknown>>;
  actorName: string;
  /** Why this user may not stop or submit jobs. */
  why: string | undefined;
}

/** Stops the job of the focused row by S, edits a copy of it by E, and re-runs it exactly by X. */
export function JobKeys({ open, stop, actorName, why }: JobKeysProps) {
  const router = useRouter();
  const [stopping, setStopping] = useState<StoppableJob>();
  usePageKey(why === undefined ? "S" : undefined, () => {
    const id = focusedRow();
    const job = open.find((each) => each.id === id);
    if (job) setStopping(job);
  });
  usePageKey(why === undefined ? "E" : undefined, () => {
    const id = focusedRow();
    if (id?.startsWith("tj-")) router.push(newJobHref({ job: id }));
  });
  usePageKey(why === undefined ? "X" : undefined, () => {
    const id = focusedRow();
    if (id?.startsWith("tj-")) router.push(rerunHref(id));
  });
  return <StopDialog job={stopping} onClose={() => setStopping(undefined)} stop={stop} actorName={actorName} />;
}

const focusedRow = () => document.activeElement?.closest<HTMLElement>("tr[data-lw-row]")?.dataset.lwRow;
