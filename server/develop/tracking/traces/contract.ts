import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { noControlCharacters } from "#server/base/text/control-characters.ts";

export const traceStates = ["STATE_UNSPECIFIED", "OK", "ERROR", "IN_PROGRESS"] as const;
export type TraceState = (typeof traceStates)[number];

const Texts = z.record(z.string(), z.string());

export const Assessment = z.object({
  id: z.string(),
  traceId: z.string(),
  kind: z.enum(["feedback", "expectation"]),
  name: z.string(),
  /** Any JSON. */
  value: z.unknown(),
  /** "HUMAN", "LLM_JUDGE", "CODE" … */
  sourceType: z.string(),
  sourceId: z.string(),
  rationale: z.string().nullable(),
  metadata: Texts.nullable(),
  spanId: z.string().nullable(),
  /** Assessment that this one replaces. */
  overrides: z.string().nullable(),
  /** Error of the evaluation, as sent by the client. */
  error: z.unknown(),
  isValid: z.boolean(),
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type Assessment = z.infer<typeof Assessment>;

/** All times are integer milliseconds since 1970, UTC, unless the name says nanoseconds. */
export const TraceInfo = z.object({
  id: z.string(),
  experimentId: z.number(),
  startedAt: z.number(),
  durationMs: z.number().nullable(),
  state: z.enum(traceStates),
  requestPreview: z.string().nullable(),
  responsePreview: z.string().nullable(),
  clientRequestId: z.string().nullable(),
  metadata: Texts,
  tags: Texts,
  assessments: z.array(Assessment),
});
export type TraceInfo = z.infer<typeof TraceInfo>;

/** A span as it arrives. */
export interface NewSpan {
  traceId: string;
  id: string;
  parentId: string | null;
  name: string;
  type: string;
  status: "UNSET" | "OK" | "ERROR";
  startedAtNanoseconds: bigint;
  endedAtNanoseconds: bigint;
  /** As text; what is not text as JSON. */
  attributes: Record<string, string>;
  /** Complete span in OTLP's JSON form, with names in snake_case. */
  content: object;
}

/** Values of tags and metadata are cut to this. */
export const maxValueLength = 8000;
const maxKeyLength = 250;
const key = z
  .string()
  .max(maxKeyLength, `Keys can have at most ${maxKeyLength} characters.`)
  .check(noControlCharacters);
const entries = z.record(key, z.string()).default({});

export const NewAssessment = Assessment.pick({ traceId: true, kind: true, value: true })
  .extend({
    name: z.string().min(1, "An assessment needs a name.").max(maxKeyLength).check(noControlCharacters),
    sourceType: z.string().max(maxKeyLength).default("CODE"),
    sourceId: z.string().max(maxKeyLength).default("default"),
    error: z.unknown(),
    rationale: z.string().nullable().default(null),
    metadata: Texts.nullable().default(null),
    spanId: z.string().nullable().default(null),
    overrides: z.string().nullable().default(null),
  })
  .partial({ error: true });
export type NewAssessment = z.input<typeof NewAssessment>;

/** An assessment that comes with its trace. */
export const SentAssessment = NewAssessment.omit({ traceId: true }).extend({
  /** Left out by clients for an assessment of an active trace. */
  id: z.string().min(1).max(maxKeyLength).optional(),
  isValid: z.boolean().default(true),
  createdAt: z.int().optional(),
  updatedAt: z.int().optional(),
});
export type SentAssessment = z.input<typeof SentAssessment>;
export type ParsedAssessment = z.output<typeof SentAssessment>;

export const StoreTrace = z.object({
  id: z.string().min(1).max(250),
  experimentId: z.int(),
  startedAt: z.int(),
  durationMs: z.int().min(0).nullable().default(null),
  state: z.enum(traceStates).default("STATE_UNSPECIFIED"),
  requestPreview: z.string().nullable().default(null),
  responsePreview: z.string().nullable().default(null),
  clientRequestId: z.string().nullable().default(null),
  metadata: entries,
  tags: entries,
  assessments: z.array(SentAssessment).max(limits.listLength).default([]),
});
export type StoreTrace = z.input<typeof StoreTrace>;

export const SetTraceTag = z.object({ traceId: z.string(), key: key.min(1), value: z.string() });
export type SetTraceTag = z.input<typeof SetTraceTag>;

export const UpdateAssessment = z.object({
  traceId: z.string(),
  assessmentId: z.string(),
  name: z.string().min(1).max(maxKeyLength).check(noControlCharacters).optional(),
  /** Any JSON. */
  value: z.unknown(),
  rationale: z.string().nullable().optional(),
  metadata: Texts.optional(),
});
export type UpdateAssessment = z.input<typeof UpdateAssessment>;

/** Either some traces by id, or the oldest up to a time. */
export type DeleteTraces = { experimentId: number } & (
  | { traceIds: readonly string[] }
  | { startedUntil: number; atMost?: number | undefined }
);
