import type { Calls } from "./call.ts";

export const sloCalls = {} as const satisfies Calls;
