import type { Calls } from "./call.ts";

export const notificationsCalls = {} as const satisfies Calls;
