import { absent, nothing, type Rows } from "./row.ts";

/** What monitoring finds at endpoints, and the checks of their data. */
export const findingsRows: Rows = {
  "GET /api/v1/monitoring/findings": nothing(),
  "GET /api/v1/endpoints/:endpoint/findings": absent(),
  "GET /api/v1/endpoints/:endpoint/integrity": absent(),
  "GET /api/v1/endpoints/:endpoint/integrity/history": absent({ query: { feature: "x" } }),
};
