import { internalPrefix, type Labels, type PostedAlert } from "#server/alerting/alerts/contract.ts";
import { fingerprint, withoutEmpty } from "#server/alerting/alerts/fingerprint.ts";
import { incidentTitle } from "#server/alerting/alerts/incident-title.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { ViewFindingAlert } from "./contract.ts";

/** Time between repeated notifications of a lasting finding. */
const againMs = 5 * minuteMs;

/** An open finding, as its alert tells of it. */
export interface OpenViewFinding {
  id: string;
  feature: string;
  severity: "page" | "ticket";
  words: string;
  alert: ViewFindingAlert;
  /** Milliseconds since 1970. */
  openedAt: number;
}

/** A firing alert of a view, as last notified. */
export interface ActiveViewAlert {
  fingerprint: string;
  labels: Labels;
  annotations: Labels;
  startsAt: number;
  updatedAt: number;
}

/** Returns the key of the rule for the alerts of a view. */
export function viewRuleKey(viewId: string): string {
  return `features:${viewId}`;
}

/** Returns the alerts that follow from the open findings of a view: new ones, those that are due again, and those whose finding has closed. */
export function viewAlerts(
  view: string,
  findings: readonly OpenViewFinding[],
  { active, now }: { active: readonly ActiveViewAlert[]; now: number },
): PostedAlert[] {
  const known = new Map(active.map((alert) => [alert.fingerprint, alert]));
  const wanted = new Set<string>();
  const alerts: PostedAlert[] = [];
  for (const finding of findings) {
    const labels = labelsOf(view, finding);
    const key = fingerprint(labels);
    if (wanted.has(key)) continue;
    wanted.add(key);
    const old = known.get(key);
    if (old && now - old.updatedAt < againMs) continue;
    const startsAt = new Date(old?.startsAt ?? Math.min(finding.openedAt, now));
    alerts.push({ labels, annotations: annotationsOf(view, finding), startsAt, generatorUrl: hrefOf(view) });
  }
  for (const { fingerprint, labels, annotations, startsAt } of active) {
    if (wanted.has(fingerprint)) continue;
    alerts.push({ labels, annotations, startsAt: new Date(Math.min(startsAt, now)), endsAt: new Date(now) });
  }
  return alerts;
}

function labelsOf(view: string, { severity, feature, alert }: OpenViewFinding): Labels {
  return withoutEmpty({ alertname: alert.alertname, severity, service: view, view, feature });
}

function annotationsOf(view: string, { id, words, alert }: OpenViewFinding): Labels {
  return {
    summary: incidentTitle({ subject: view, effect: alert.effect }),
    description: `${words} ${alert.advice}`,
    runbook_url: `/help/feature-store#${alert.section}`,
    [`${internalPrefix}finding-id`]: id,
  };
}

const hrefOf = (view: string) => `/features/${encodeURIComponent(view)}`;
