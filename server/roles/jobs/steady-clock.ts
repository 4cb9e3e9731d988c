import { type Clock, systemClock } from "pg-boss";

/**
 * Monotonic clock for the queue, in milliseconds since 1970. With the system's clock, setting it back by a day would stop every
 * schedule for a day. The queue measures the offset from the database's clock (a wrong clock at the start, a laptop that slept) and
 * adds it.
 */
export const steadyClock: Clock = { ...systemClock, now: () => performance.timeOrigin + performance.now() };
