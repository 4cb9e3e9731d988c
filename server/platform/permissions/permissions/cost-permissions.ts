import type { Permission } from "./permission.ts";

/** Prices, usage, budgets. Everybody may know what things cost; what they may cost is for operators to say. */
export const costPermissions = {
  getPriceBook: { role: "viewer", scope: "monitoring:read" },
  setPrices: { role: "operator", scope: "monitoring" },
  getCostPage: { role: "viewer", scope: "monitoring:read" },
  getCosts: { role: "viewer", scope: "monitoring:read" },
  getEndpointCosts: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
  listSavings: { role: "viewer", scope: "monitoring:read" },
  spendSummary: { role: "viewer", scope: "reports:read" },
  listCostBudgets: { role: "viewer", scope: "monitoring:read" },
  setCostBudget: { role: "operator", scope: "monitoring" },
} as const satisfies Record<string, Permission>;
