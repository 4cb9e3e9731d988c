import type { Calls } from "./call.ts";

export const oncallCalls = {} as const satisfies Calls;
