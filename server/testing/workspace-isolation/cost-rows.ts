import { absent, inBody, nothing, type Rows } from "./row.ts";

const reason = "x";
const prices = { currency: "EUR", reason, prices: [{ item: "core-hour", amount: 0.04 }] };
const lately = { from: "2026-05-04", to: "2026-05-11" };

/** Prices, usage, budgets. */
export const costRows: Rows = {
  "GET /api/v1/costs": nothing(),
  "GET /api/v1/costs.csv": nothing(),
  "GET /api/v1/costs/summary": nothing({ query: lately }),
  "GET /api/v1/costs/savings": nothing(),
  "GET /api/v1/endpoints/:endpoint/costs": absent(),
  "GET /api/v1/prices": nothing(),
  "POST /api/v1/prices": nothing({ body: prices }),
  "GET /api/v1/cost-budgets": nothing(),
  "POST /api/v1/cost-budgets": inBody(({ endpointId }) => ({ endpointId }), { amount: 100, currency: "EUR", reason }),
};
