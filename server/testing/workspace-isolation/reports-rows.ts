import { absent, answered, nothing, type Rows } from "./row.ts";

/** Executive reports, reviews, digests and what the business counts. */
export const reportsRows: Rows = {
  "GET /api/v1/reports/current": nothing(),
  "GET /api/v1/reports/:report": nothing(),
  "GET /api/v1/report-definitions": nothing(),
  "GET /api/v1/reviews/current": nothing(),
  "GET /api/v1/reviews/:review": nothing(),
  "PUT /api/v1/reviews/:review/items/:item/completion": nothing({ params: { item: "deploys" }, body: {} }),
  "DELETE /api/v1/reviews/:review/items/:item/completion": answered(409, { params: { item: "labels" } }),
  "GET /api/v1/digest": answered(400, {}, 400),
  "PUT /api/v1/digest": answered(400, { body: { isOn: true } }, 400),
  "GET /api/v1/kpis": nothing(),
  "POST /api/v1/kpis": nothing({ body: { name: "refund" } }),
  "GET /api/v1/kpis/:kpi": absent(),
  "PATCH /api/v1/kpis/:kpi": absent({ body: { definition: {} } }),
  "DELETE /api/v1/kpis/:kpi": absent(),
  "POST /api/v1/kpis/:kpi/events": absent({ body: { events: [{ requestId: "x" }] } }),
  "GET /api/v1/kpis/:kpi/results": absent(),
  "GET /api/v1/kpis/:kpi/return": absent(({ endpoint }) => ({ query: { endpoint } })),
};
