import { absent, nothing, type Rows } from "./row.ts";

/** Rows for the findings of monitoring, and for the data checks of endpoints. */
export const findingsRows: Rows = {
  "GET /api/v1/monitoring/findings": nothing(),
  "GET /api/v1/endpoints/:endpoint/findings": absent(),
  "GET /api/v1/endpoints/:endpoint/integrity": absent(),
  "GET /api/v1/endpoints/:endpoint/integrity/history": absent({ query: { feature: "x" } }),
};
