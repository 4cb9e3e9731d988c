import { hourMs, minuteMs } from "#server/base/durations.ts";

/** How long an incident must be calm before it may be resolved. */
export const calmMs = 10 * minuteMs;
/** Time in which an action must lower the burn rate. */
export const effectMs = 5 * minuteMs;
/** Time after which a calm SEV3 or SEV4 resolves itself. */
export const quietMs = 2 * hourMs;
/** Share of the earlier burn rate below which the current one counts as falling. */
export const fallingShare = 0.9;
/** Minutes of the short window of the burn rate: the shortest of an SLO's alerts, at most the second of these; the first without alerts. */
export const usualShortMinutes = 5;
export const maxShortMinutes = 30;
/** Time after its resolution in which a new page reopens an incident. */
export const reopenMs = 30 * minuteMs;
/** Actions without effect that are kept, the newest: a pipeline may deploy again and again during an outage. */
export const maxFailed = 20;
