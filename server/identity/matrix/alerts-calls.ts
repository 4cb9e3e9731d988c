import { receiveAlerts } from "#server/alerts/receive-alerts.ts";
import type { Calls } from "./call.ts";

export const alertsCalls = {
  receiveAlerts: (ctx) => receiveAlerts(ctx, [{ labels: { alertname: "New" } }], { source: "api" }),
} as const satisfies Calls;
