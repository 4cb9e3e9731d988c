import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { limits } from "#server/base/limits.ts";

const moment = z.iso
  .datetime({ offset: true, error: "Use RFC 3339 timestamps, such as 2026-05-04T10:00:00Z." })
  // RFC 3339 has no other years, and Go's zero time is in the first.
  .meta({ formatMinimum: "0000-01-01T00:00:00Z", formatMaximum: "9999-12-31T23:59:59Z" })
  .nullish();

const texts = boundedRecord(z.string().max(limits.nameLength), z.string().max(limits.textLength)).nullish();

/** Message of an Alertmanager webhook, version 4 (docs/spec/alerting.md section 9); additions of newer versions are ignored. */
export const WebhookMessage = z.object({
  version: z.literal("4", "Only version 4 of the Alertmanager webhook is supported."),
  groupKey: z.string().max(limits.textLength).min(1),
  /** Quoted for regular expressions: `web\.hook`. */
  receiver: z.string().max(limits.nameLength).default(""),
  status: z.enum(["firing", "resolved"]),
  alerts: z
    .array(
      z.object({
        status: z.enum(["firing", "resolved"]),
        labels: texts,
        annotations: texts,
        startsAt: moment,
        /** Go's zero time while it fires. */
        endsAt: moment,
        generatorURL: z.string().max(limits.textLength).nullish(),
      }),
    )
    .max(20_000),
  /** Alerts of the group that were left out of the message. */
  truncatedAlerts: z.number().int().min(0).default(0),
});
export type WebhookMessage = z.input<typeof WebhookMessage>;

export const WebhookReceipt = z.object({
  accepted: z.number().int(),
  /** Delivered before, and not taken again. */
  duplicates: z.number().int(),
  problems: z.array(z.string()),
});
export type WebhookReceipt = z.infer<typeof WebhookReceipt>;
