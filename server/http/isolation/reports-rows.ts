import type { Rows } from "./row.ts";

/** Executive reports, reviews, digests and what the business counts. */
export const reportsRows: Rows = {};
