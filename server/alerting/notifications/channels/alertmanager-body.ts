import type { MessageAlert } from "../contract.ts";
import { absolute, type Outgoing } from "./outgoing.ts";

/** Alertmanager's value for "not ended". */
const notEnded = "0001-01-01T00:00:00Z";

/**
 * Builds the body of Alertmanager's webhook, version 4 (docs/spec/alerting.md section 9). Messages without a group state (a notice, a
 * test) are one alert that has already ended, so that receivers do not wait for its end.
 * @param maxAlerts the list is cut after this number; 0 means all
 */
export function toAlertmanager(outgoing: Outgoing, { publicUrl, maxAlerts }: { publicUrl: string; maxAlerts: number }) {
  const { message, key } = outgoing;
  const alerts = message.alerts.length > 0 ? message.alerts : [noticeOf(outgoing)];
  const shown = maxAlerts > 0 ? alerts.slice(0, maxAlerts) : alerts;
  return {
    receiver: quoteMeta(message.receiver),
    status: alerts.some(({ status }) => status === "firing") ? "firing" : "resolved",
    alerts: shown.map((alert) => ({
      status: alert.status,
      labels: alert.labels,
      annotations: alert.annotations,
      startsAt: alert.startsAt.toISOString(),
      endsAt: alert.status === "firing" ? notEnded : (alert.endsAt?.toISOString() ?? notEnded),
      generatorURL: absolute(publicUrl, alert.generatorUrl),
      fingerprint: alert.fingerprint,
    })),
    notification_reason: message.reason,
    groupLabels: message.groupLabels,
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    routeLabels: {},
    externalURL: publicUrl,
    version: "4" as const,
    groupKey: message.groupKey || key,
    truncatedAlerts: alerts.length - shown.length,
  };
}

/** Quotes like Go's regexp.QuoteMeta, which Alertmanager applies to receivers. */
export function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}

const names = { change: "LeewayChange", test: "LeewayTest", incident: "LeewayIncident" } as const;

function noticeOf({ kind, message, at }: Outgoing): MessageAlert {
  const name = kind in names ? names[kind as keyof typeof names] : "LeewayNotice";
  return {
    status: "resolved",
    labels: { alertname: name, severity: message.severity },
    annotations: { summary: message.title, description: message.lines.join("\n") },
    startsAt: at,
    endsAt: at,
    generatorUrl: message.links[0]?.path ?? "",
    fingerprint: "",
  };
}

/** Pairs that are the same in all. */
function common([first = {}, ...others]: Record<string, string>[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((other) => other[name] === value)),
  );
}
