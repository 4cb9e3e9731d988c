import { nothing, type Rows } from "./row.ts";

/** Executive reports, reviews, digests and what the business counts. */
export const reportsRows: Rows = {
  "GET /api/v1/reports/current": nothing(),
  "GET /api/v1/reports/:report": nothing(),
  "GET /api/v1/report-definitions": nothing(),
};
