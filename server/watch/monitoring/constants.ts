/** Length of a drift window. Five minutes suit high traffic, or models that must not be wrong for an hour. */
export const windowLengths = ["five-minutes", "hour", "day", "week"] as const;
