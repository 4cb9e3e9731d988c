/** Maximum number of items of one batch: as many as fit on one page, and as users wait for. */
export const maxBatchItems = 2000;
/** Maximum number of items per request, so that progress is visible and a cancellation takes effect. */
export const maxConcurrentItems = 32;
