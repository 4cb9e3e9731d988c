/** Filters of the queue of On call. */
export const queueFilters = ["all", "mine", "unacknowledged", "pages", "silenced"] as const;

/** Limits of the time range of the board. */
export const minRangeMinutes = 15;
export const maxRangeMinutes = 7 * 1440;
