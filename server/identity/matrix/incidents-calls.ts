import type { Calls } from "./call.ts";

export const incidentsCalls = {} as const satisfies Calls;
