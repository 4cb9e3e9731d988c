import type { Calls } from "./call.ts";

/** Labels, estimates, fairness, consistency. */
export const qualityCalls = {} as const satisfies Calls;
