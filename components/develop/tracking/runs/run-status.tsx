"use client";

import { useNow } from "#components/ui/now.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { type RunStateOf, runState } from "./run-state.ts";

/** Renders the icon and label of a run's state, updated over time. */
export function RunStatusBadge({ run, filled = false }: { run: RunStateOf; filled?: boolean }) {
  const { state, word } = runState(run, useNow(10_000));
  return (
    <StatusBadge state={state} filled={filled}>
      {word}
    </StatusBadge>
  );
}
