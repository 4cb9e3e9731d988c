/** Filters of the queue of On call. */
export const queueFilters = ["all", "mine", "unacknowledged", "pages", "silenced"] as const;
