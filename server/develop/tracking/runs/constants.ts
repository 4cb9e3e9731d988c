import { minuteMs } from "#server/base/durations.ts";

export const runStatuses = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;
export type RunStatus = (typeof runStatuses)[number];

/** A running run that has written nothing for this long may be dead. An epoch that takes longer is rare. */
export const silentAfterMs = 15 * minuteMs;
