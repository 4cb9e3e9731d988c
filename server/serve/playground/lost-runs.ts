import { minuteMs } from "#server/base/durations.ts";
/** Time without a heartbeat after which a run counts as lost; it sends one every second. */
export const lostAfterMs = minuteMs;

/** Describes to users why a run was lost. A batch is sent by the page, piece by piece. */
export function describeLost(kind: string): string {
  return kind === "batch"
    ? "Incomplete: the page was closed. Completed results are kept."
    : "The process running it stopped. Run it again.";
}

/** Whether a run in the state "running" has lost its process. */
export function isLost({ state, heartbeatAt }: { state: string; heartbeatAt: Date }, now: Date): boolean {
  return state === "running" && now.getTime() - heartbeatAt.getTime() > lostAfterMs;
}
