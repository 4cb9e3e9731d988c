import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import type { CostGroup } from "#server/watch/cost/report/contract.ts";

/** Address of a month's costs; the present month and models are left out. */
export function costsHref({ month, by }: { month?: string | undefined; by?: CostGroup | undefined } = {}): string {
  const query = new URLSearchParams({ ...(month && { month }), ...(by && by !== "model" && { by }) }).toString();
  return query ? `/costs?${query}` : "/costs";
}

export const pricesHref = "/costs/prices";
export const budgetsHref = "/costs/budgets";

/** Returns the path of an endpoint's costs, by version, with its savings opportunities. */
export function endpointCostsHref(endpoint: string): string {
  return endpointTabHref(endpoint, "cost");
}
