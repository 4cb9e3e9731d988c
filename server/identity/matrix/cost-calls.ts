import type { Calls } from "./call.ts";

/** Prices, usage, budgets. */
export const costCalls = {} as const satisfies Calls;
