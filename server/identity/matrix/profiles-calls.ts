import type { Calls } from "./call.ts";

/** References of versions. */
export const profilesCalls = {} as const satisfies Calls;
