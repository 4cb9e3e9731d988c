import { Routing } from "./contract.ts";

/** Severities that page: Leeway's own, and those of other tools. All others are tickets. */
const pageSeverities = ["page", "critical", "sev1", "sev2"] as const;

/** Maps an alert's severity label to a page or a ticket. */
export function severityOf(label: string | undefined): "page" | "ticket" {
  return pageSeverities.some((severity) => severity === label?.toLowerCase()) ? "page" : "ticket";
}

/**
 * Routing of a workspace without a saved one. Pages wait 5 seconds, in which the alerts of one outage are combined into one message: a
 * negligible delay compared with the minute or more that any rule needs. Tickets have Alertmanager's 30 seconds.
 */
export const defaultRouting: Routing = Routing.parse({
  root: {
    receiver: "default",
    groupBy: ["alertname", "service", "slo"],
    routes: [
      {
        matchers: [{ name: "severity", value: `(?i:${pageSeverities.join("|")})`, isRegex: true, isEqual: true }],
        receiver: "on-call",
        groupWaitSeconds: 5,
      },
      { receiver: "tickets", groupWaitSeconds: 30, repeatIntervalSeconds: 24 * 3600 },
    ],
  },
});
