import { minuteMs } from "#server/base/durations.ts";
/** A run tells every second that it goes on. */
export const lostAfterMs = minuteMs;

/** Why a run was lost, for people. Who sends a batch sends it piece by piece. */
export function describeLost(kind: string): string {
  return kind === "batch"
    ? "Incomplete: the page was closed. Completed results are kept."
    : "The process running it stopped. Run it again.";
}

/** Whether a run that says it goes on has lost its process. */
export function isLost({ state, heartbeatAt }: { state: string; heartbeatAt: Date }, now: Date): boolean {
  return state === "running" && now.getTime() - heartbeatAt.getTime() > lostAfterMs;
}
