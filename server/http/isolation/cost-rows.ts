import type { Rows } from "./row.ts";

/** Prices, usage, budgets. */
export const costRows: Rows = {};
