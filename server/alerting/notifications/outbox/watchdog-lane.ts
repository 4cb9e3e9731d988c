/** Group key of the messages of a watchdog (server/alerting/watchdog). */
export const watchdogGroupKey = "leeway-watchdog";
/** Lane of these messages, by which they are recognised in the outbox. */
export const watchdogLane = `group:${watchdogGroupKey}`;
