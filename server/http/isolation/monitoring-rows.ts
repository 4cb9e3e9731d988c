import type { Rows } from "./row.ts";

/** How endpoints are watched: references, drift, data quality, quality, findings. */
export const monitoringRows: Rows = {};
