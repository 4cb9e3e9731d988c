import type { Calls } from "./call.ts";

export const alertsCalls = {} as const satisfies Calls;
