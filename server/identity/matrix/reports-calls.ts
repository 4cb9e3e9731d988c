import type { Calls } from "./call.ts";

/** Executive reports, reviews, digests and what the business counts. */
export const reportsCalls = {} as const satisfies Calls;
