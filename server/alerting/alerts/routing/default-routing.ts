import { Routing } from "./contract.ts";

/** Severities that wake somebody: Leeway's own, and what others call it. All else is a ticket. */
const pageSeverities = ["page", "critical", "sev1", "sev2"] as const;

/** What an alert's own severity means here. */
export function severityOf(label: string | undefined): "page" | "ticket" {
  return pageSeverities.some((severity) => severity === label?.toLowerCase()) ? "page" : "ticket";
}

/**
 * What holds in a workspace that saved no routing. A page waits 5 seconds, in which the alerts of one outage gather into one message:
 * next to the minute and more that any rule needs to be sure, nobody loses anything. Tickets have Alertmanager's 30 seconds.
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
