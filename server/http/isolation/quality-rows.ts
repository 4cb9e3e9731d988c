import type { Rows } from "./row.ts";

/** Labels, estimates, fairness, consistency. */
export const qualityRows: Rows = {};
