import { absent, nothing, type Rows } from "./row.ts";

/** Labels, estimates, fairness, consistency. */
export const qualityRows: Rows = {
  "GET /api/v1/quality": nothing(),
  "GET /api/v1/endpoints/:endpoint/quality": absent(),
  "GET /api/v1/endpoints/:endpoint/quality/history": absent(),
  "GET /api/v1/endpoints/:endpoint/quality/detail": absent(),
  "GET /api/v1/endpoints/:endpoint/quality/segments": absent(),
  "GET /api/v1/endpoints/:endpoint/quality/fairness": absent(),
  "GET /api/v1/endpoints/:endpoint/quality/maturity": absent(),
};
