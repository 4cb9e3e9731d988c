import type { Rows } from "./row.ts";

/** References of versions. */
export const profilesRows: Rows = {};
