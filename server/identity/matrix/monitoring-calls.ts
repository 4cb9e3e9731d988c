import type { Calls } from "./call.ts";

/** How endpoints are watched: references, drift, data quality, quality, findings. */
export const monitoringCalls = {} as const satisfies Calls;
