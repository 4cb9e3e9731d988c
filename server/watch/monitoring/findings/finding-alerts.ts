import { internalPrefix, type Labels, type PostedAlert } from "#server/alerting/alerts/contract.ts";
import { fingerprint, withoutEmpty } from "#server/alerting/alerts/fingerprint.ts";
import { incidentTitle } from "#server/alerting/alerts/incident-title.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { Watcher } from "../contract.ts";
import { findingHref } from "./constants.ts";
import { alertNames } from "./contract.ts";

/** Time between repeated notifications of a lasting finding. */
const againMs = 5 * minuteMs;

/** An open finding, as alerts tell of it. Times are milliseconds since 1970. */
export interface NotifiedFinding {
  id: string;
  watcher: Watcher;
  kind: string;
  feature: string;
  segment: string;
  /** Number of the version; null where it is about no version. */
  version: number | null;
  severity: "page" | "ticket";
  words: string;
  /** Share of the traffic that is affected, by which the board sorts; null where that is not known. */
  reach: number | null;
  openedAt: number;
}

/** Alert data of an endpoint besides its findings. */
export interface NotifiedEndpoint {
  id: string;
  name: string;
  /** As alerts about the endpoint have them: service, endpoint, model, team. */
  labels: Labels;
}

/** Firing alert of the watcher, as last notified. */
export interface ActiveAlert {
  fingerprint: string;
  labels: Labels;
  annotations: Labels;
  startsAt: number;
  updatedAt: number;
}

/** Returns the key of the rule for the alerts of a watcher at an endpoint. */
export function watchKey(watcher: Watcher, endpointId: string): string {
  return `watch:${watcher}:${endpointId}`;
}

/**
 * Returns the alerts that follow from open findings: new ones, those whose text changed or whose repeat is due, and those whose finding
 * has closed or has other labels now.
 */
export function alertsOf(
  endpoint: NotifiedEndpoint,
  findings: readonly NotifiedFinding[],
  { active, now }: { active: readonly ActiveAlert[]; now: number },
): PostedAlert[] {
  const wanted = new Map<string, { finding: NotifiedFinding; labels: Labels; annotations: Labels }>();
  for (const finding of findings) {
    const labels = labelsOf(endpoint, finding);
    const key = fingerprint(labels);
    if (!wanted.has(key)) wanted.set(key, { finding, labels, annotations: annotationsOf(endpoint, finding) });
  }
  const activeByFingerprint = new Map(active.map((alert) => [alert.fingerprint, alert]));
  const alerts: PostedAlert[] = [];
  for (const [key, { finding, labels, annotations }] of wanted) {
    const old = activeByFingerprint.get(key);
    const isDue = !old || now - old.updatedAt >= againMs || !isSame(old.annotations, annotations);
    if (!isDue) continue;
    const startsAt = new Date(old?.startsAt ?? Math.min(finding.openedAt, now));
    const generatorUrl = findingHref({ ...finding, endpoint: endpoint.name });
    alerts.push({ labels, annotations, startsAt, generatorUrl });
  }
  for (const { fingerprint, labels, annotations, startsAt } of active) {
    if (wanted.has(fingerprint)) continue;
    alerts.push({ labels, annotations, startsAt: new Date(Math.min(startsAt, now)), endsAt: new Date(now) });
  }
  return alerts;
}

function labelsOf(endpoint: NotifiedEndpoint, finding: NotifiedFinding): Labels {
  const { watcher, severity, kind, feature, segment, version } = finding;
  return withoutEmpty({
    ...endpoint.labels,
    alertname: alertNames[watcher],
    severity,
    kind,
    feature,
    segment,
    version: version === null ? "" : String(version),
  });
}

function annotationsOf({ id, name }: NotifiedEndpoint, finding: NotifiedFinding): Labels {
  return {
    summary: incidentTitle({ subject: name, effect: describePlain(finding) }),
    description: `${describePlain(finding)} See ${findingHref({ ...finding, endpoint: name })}.`,
    [`${internalPrefix}finding-id`]: finding.id,
    [`${internalPrefix}endpoint-id`]: id,
    ...(finding.reach !== null && { [`${internalPrefix}reach`]: String(Number(finding.reach.toPrecision(4))) }),
  };
}

/** Annotations are read in mails and on pagers, where the backticks around names would be seen. */
function describePlain({ words }: NotifiedFinding): string {
  return words.replaceAll("`", "");
}

function isSame(left: Labels, right: Labels): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name]);
}
