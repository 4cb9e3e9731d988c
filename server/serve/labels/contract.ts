import { z } from "zod";
import { Instant } from "#server/base/instant.ts";

const endpointId = z.uuid();
/** Maximum number of characters of a label: transcripts, and spans and boxes as JSON. */
const maxLabelLength = 20_000;

const Label = z.object({
  /** `id` of the request, or the one that the gateway returned in the header leeway-request-id. */
  requestId: z.string().min(1).max(256),
  /** Name or number of a class, a number, a transcript; spans and boxes as JSON. */
  label: z.string().min(1).max(maxLabelLength),
  /** Time at which it became known; now when absent. */
  observedAt: Instant.optional(),
});
export const RecordLabels = z.object({ endpointId, labels: z.array(Label).min(1).max(1000) });
export type RecordLabels = z.input<typeof RecordLabels>;

/** Results for the labels of one call, by request id. */
export const RecordedLabels = z.object({
  /** Request ids in the call. */
  recorded: z.number().int(),
  added: z.number().int(),
  /** Had the same value already. */
  unchanged: z.number().int(),
  /** Had another value, or a label that no rate counts. */
  replaced: z.number().int(),
  /** Labels whose request is not in the log: not sampled, not stored yet, or past the endpoint's retention. */
  unknown: z.number().int(),
});
export type RecordedLabels = z.infer<typeof RecordedLabels>;

/** Labels of an endpoint that are currently stored. */
export const LabelCounts = z.object({
  labels: z.number().int(),
  /** Had another value before. */
  replaced: z.number().int(),
  /** Labels whose request is not in the log. */
  unknown: z.number().int(),
  /** Labels of requests that were chosen for labelling. No rate counts them, since such requests represent only themselves. */
  chosen: z.number().int(),
});
export type LabelCounts = z.infer<typeof LabelCounts>;

export const GetLabelCounts = z.object({ endpointId });
export type GetLabelCounts = z.input<typeof GetLabelCounts>;
