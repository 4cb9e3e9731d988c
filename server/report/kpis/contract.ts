import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { noControlCharacters } from "#server/base/text/control-characters.ts";

const KpiName = z.string().trim().min(1, "Enter the event name, such as order.").max(60).check(noControlCharacters);

/** Unit of a KPI, and the direction in which it improves. */
export const KpiDefinition = z.object({
  description: z.string().trim().max(1000).default(""),
  /** Unit of values: "€", "parcels"; empty counts events only. */
  unit: z.string().trim().max(20).default(""),
  better: z.enum(["more", "less"]).default("more"),
});
export type KpiDefinition = z.infer<typeof KpiDefinition>;

export const CreateKpi = z.object({ name: KpiName, definition: KpiDefinition.prefault({}) });
export type CreateKpi = z.input<typeof CreateKpi>;

export const NamedKpi = z.object({ kpi: z.string().min(1).max(60) });
export type NamedKpi = z.input<typeof NamedKpi>;

export const UpdateKpi = z.object({ kpi: z.string(), definition: KpiDefinition });
export type UpdateKpi = z.input<typeof UpdateKpi>;

export const ArchiveKpi = z.object({ kpi: z.string(), reason: z.string().trim().max(2000).default("") });
export type ArchiveKpi = z.input<typeof ArchiveKpi>;

export const Kpi = z.object({
  id: z.uuid(),
  name: z.string(),
  definition: KpiDefinition,
  createdBy: z.string(),
  createdAt: z.date(),
  archivedAt: z.date().nullable(),
  /** Number and value of the events in the last 30 days. */
  events: z.number().int(),
  value: z.number(),
  /** Number of them whose prediction is not known yet, or not at all. */
  unattributed: z.number().int(),
});
export type Kpi = z.infer<typeof Kpi>;

/** Event that followed a prediction; it may arrive before the prediction does. */
const KpiEvent = z
  .object({
    /** Id set by the caller: sending the same id again changes nothing. Without an id, an event counts once per request or unit. */
    id: z.string().min(1).max(200).optional(),
    /** The `id` of the request that it follows, or the one of the header leeway-request-id. */
    requestId: z.string().min(1).max(256).optional(),
    /** Person, parcel or order that it is about; where a rollout assigns by keys, that key. */
    unit: z.string().min(1).max(1000).optional(),
    /** Name of the endpoint; needed with a unit alone. */
    endpoint: z.string().min(1).max(63).optional(),
    value: z.number().min(-1e12).max(1e12).default(1),
    /** Time of the event; now when omitted. */
    at: Instant.optional(),
  })
  .refine(({ requestId, unit }) => requestId !== undefined || unit !== undefined, {
    error: "Specify either the request ID or the unit.",
  });
export type KpiEvent = z.output<typeof KpiEvent>;

export const RecordKpiEvents = z.object({ kpi: z.string().min(1), events: z.array(KpiEvent).min(1).max(1000) });
export type RecordKpiEvents = z.input<typeof RecordKpiEvents>;

export const RecordedKpiEvents = z.object({
  added: z.number().int(),
  /** Number of events whose id existed already. */
  repeated: z.number().int(),
  /** Number of stored events that are attributed to a version as soon as their prediction is known. */
  waiting: z.number().int(),
});
export type RecordedKpiEvents = z.infer<typeof RecordedKpiEvents>;

export const GetKpiResults = z.object({
  kpi: z.string(),
  from: Instant.optional(),
  to: Instant.optional(),
  endpoint: z.string().optional(),
});
export type GetKpiResults = z.input<typeof GetKpiResults>;

/** Events that followed the predictions of one version in one arm. */
export const KpiResult = z.object({
  endpoint: z.string(),
  model: z.string(),
  version: z.number().int(),
  arm: z.enum(["stable", "canary", "shadow"]),
  requests: z.number().int(),
  /** Requests in the random sample of the prediction log: an event that names another request is not attributed. */
  sampledRequests: z.number().int(),
  events: z.number().int(),
  value: z.number(),
  /**
   * Per 1,000 requests: events that name a sampled request, of sampled requests, and events that name a unit, of all requests. Null without
   * requests. The interval is Wilson's, 95%, where all events name one of both and each request has at most one event.
   */
  eventsPer1000: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  valuePer1000: z.number().nullable(),
});
export type KpiResult = z.infer<typeof KpiResult>;

export const KpiResults = z.object({
  kpi: z.string(),
  from: z.date(),
  to: z.date(),
  versions: z.array(KpiResult),
  /** Time zone that determines the start of days. */
  timeZone: z.string(),
  /** One a day, oldest first, also without events. */
  days: z.array(z.object({ day: z.iso.date(), startsAt: z.date(), events: z.number().int(), value: z.number() })),
  unattributed: z.number().int(),
});
export type KpiResults = z.infer<typeof KpiResults>;
