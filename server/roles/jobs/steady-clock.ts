import { type Clock, systemClock } from "pg-boss";

/**
 * Time for the queue, in milliseconds since 1970, which only grows. With the system's own, a clock set back by a day stops every
 * schedule for a day. What it lacks against the database (a wrong clock at the start, a laptop that slept) the queue measures and adds.
 */
export const steadyClock: Clock = { ...systemClock, now: () => performance.timeOrigin + performance.now() };
