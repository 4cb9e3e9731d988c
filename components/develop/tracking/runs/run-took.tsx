"use client";

import { noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { useNow } from "#components/ui/now.tsx";
import type { RunInfo } from "#server/develop/tracking/runs/contract.ts";
import { tookMs } from "./run-values.ts";

/** Shows the duration of a run, or the elapsed time of a running one, which is updated continuously. */
export function Took({ run }: { run: RunInfo }) {
  const now = useNow();
  const took = tookMs(run, now);
  if (took === undefined) return <span className="lw-quiet">{noValue}</span>;
  return <span className="lw-number">{formatDuration(took)}</span>;
}
