import { z } from "zod";
import type { ActiveAlert, ActiveGroup } from "#server/alerting/alerts/alertmanager/contract.ts";
import type { PostedAlert } from "#server/alerting/alerts/contract.ts";
import type { Silence } from "#server/alerting/alerts/silences/contract.ts";

/** Go's zero time represents a missing one. */
const moment = z.iso
  .datetime({ offset: true, error: "Use RFC 3339 timestamps, such as 2026-05-04T10:00:00Z." })
  .transform((text) => (text.startsWith("0001-01-01") ? undefined : new Date(text)))
  .nullish();

const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((given) => given ?? {});

const WireAlert = z.object({
  labels: texts,
  annotations: texts,
  startsAt: moment,
  endsAt: moment,
  generatorURL: z.string().nullish(),
});

/** Body of POST /alerts; unknown keys are let through, as Alertmanager does. */
export const PostableAlerts = z.array(WireAlert);

/** Converts one received alert to Leeway's names. */
export function toPostedAlert({ labels, annotations, startsAt, endsAt, generatorURL }: z.output<typeof WireAlert>) {
  const alert: PostedAlert = { labels, annotations, generatorUrl: generatorURL ?? "" };
  return { ...alert, ...(startsAt && { startsAt }), ...(endsAt && { endsAt }) };
}

const required = z.iso
  .datetime({ offset: true, error: "Use RFC 3339 timestamps, such as 2026-05-04T10:00:00Z." })
  .transform((text) => new Date(text));

/** Body of POST /silences. */
export const PostableSilence = z.object({
  id: z.string().nullish(),
  matchers: z
    .array(
      z.object({
        name: z.string(),
        value: z.string(),
        isRegex: z.boolean(),
        isEqual: z
          .boolean()
          .nullish()
          .transform((given) => given ?? true),
      }),
    )
    .min(1),
  startsAt: required,
  endsAt: required,
  createdBy: z.string(),
  comment: z.string(),
  annotations: texts,
});

/** Converts an alert to Alertmanager's response format. @param host public base URL that is put before Leeway's own paths */
export function fromAlert(alert: ActiveAlert, host: string) {
  const { labels, fingerprint, receivers, state, silencedBy, inhibitedBy, mutedBy } = alert;
  const absolute = (address: string) => (address.startsWith("/") ? `${host}${address}` : address);
  const { runbook_url: runbook } = alert.annotations;
  return {
    annotations: { ...alert.annotations, ...(runbook !== undefined && { runbook_url: absolute(runbook) }) },
    endsAt: alert.endsAt.toISOString(),
    fingerprint,
    receivers: receivers.map((name) => ({ name })),
    startsAt: alert.startsAt.toISOString(),
    status: { inhibitedBy, mutedBy, silencedBy, state },
    updatedAt: alert.updatedAt.toISOString(),
    generatorURL: absolute(alert.generatorUrl),
    labels,
  };
}

export function fromGroup({ labels, receiver, alerts }: ActiveGroup, host: string) {
  return {
    alerts: alerts.map((alert) => fromAlert(alert, host)),
    labels,
    receiver: { name: receiver },
    routeLabels: {},
  };
}

export function fromSilence({
  id,
  matchers,
  startsAt,
  endsAt,
  updatedAt,
  createdBy,
  comment,
  annotations,
  state,
}: Silence) {
  return {
    id,
    status: { state },
    updatedAt: updatedAt.toISOString(),
    annotations,
    comment,
    createdBy,
    endsAt: endsAt.toISOString(),
    matchers: matchers.map(({ name, value, isRegex, isEqual }) => ({ isEqual, isRegex, name, value })),
    startsAt: startsAt.toISOString(),
  };
}
