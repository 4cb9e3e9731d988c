import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { hasControlCharacters } from "#server/base/text/control-characters.ts";
import { windowSeconds } from "../windows/contract.ts";
import { fieldName, fieldTypes } from "./constants.ts";

/** Largest body of an inference request that any endpoint takes: Triton's default. */
const maxBodyBytes = 64 * 2 ** 20;

/** Handling of a value that breaks the contract: the complete request is rejected, the value is clipped, or it is only counted. */
const fieldPolicies = ["reject", "clip", "flag"] as const;
const FieldPolicy = z.enum(fieldPolicies);
export type FieldPolicy = z.infer<typeof FieldPolicy>;

/** type, range, level: a value of the wrong kind; missing: null, empty text or no such input; not-finite: NaN or an infinity. */
const violationKinds = ["type", "range", "level", "missing", "not-finite"] as const;
export type ViolationKind = (typeof violationKinds)[number];

const Level = z.union([z.string().max(256), z.number()]);

/** Constraints on one field of the input: a complete input, or one column of it. */
export const FieldContract = z
  .object({
    /** Name of the input tensor. */
    input: z.string().min(1, "Select an input.").max(256),
    /** Index in the last dimension, from 0; null selects every element of the input. */
    column: z.number().int().min(0).max(1_000_000).nullable().default(null),
    /** Name of the field in errors and counters; the input's name when it is left empty. */
    name: z.string().trim().max(100).default(""),
    type: z.enum(fieldTypes).nullable().default(null),
    minimum: z.number().nullable().default(null),
    maximum: z.number().nullable().default(null),
    /** The only values there are. */
    levels: z.array(Level).min(1, "Add at least one allowed value.").max(1000).nullable().default(null),
    /** For values of the wrong type, out of range, or none of the levels. */
    onOutside: FieldPolicy.default("reject"),
    onMissing: FieldPolicy.default("reject"),
    onNotFinite: FieldPolicy.default("reject"),
    /** Replaces a value that is clipped but has no bound to clip to. */
    fallback: Level.nullable().default(null),
  })
  .superRefine((field, context) => {
    const complain = (path: keyof typeof field, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    const { minimum, maximum, levels, type, fallback } = field;
    if (minimum !== null && maximum !== null && minimum > maximum)
      complain("maximum", "The maximum must not be below the minimum.");
    if (type === "text" && (minimum ?? maximum) !== null) complain("minimum", "Text fields cannot have a range.");
    if (fallback === null && needsFallback(field)) complain("fallback", "Enter a fallback value.");
    if (fallback !== null && levels && !levels.includes(fallback))
      complain("fallback", "Select one of the allowed values.");
    if (typeof fallback === "number" && (fallback < (minimum ?? fallback) || fallback > (maximum ?? fallback))) {
      complain("fallback", "Enter a value within the range.");
    }
    if (fallback !== null && type !== null && (type === "text") !== (typeof fallback === "string")) {
      complain("fallback", type === "text" ? "Enter text." : "Enter a number.");
    }
  });
export type FieldContract = z.infer<typeof FieldContract>;

/** Whether clipping may apply to a value that no bound replaces. */
function needsFallback(field: Pick<FieldContract, "onOutside" | "onMissing" | "onNotFinite" | "levels" | "type">) {
  const { onOutside, onMissing, onNotFinite, levels, type } = field;
  const isUnordered = levels !== null || type === "text" || type === "boolean";
  return onMissing === "clip" || onNotFinite === "clip" || (onOutside === "clip" && isUnordered);
}

/** Limits that protect an endpoint's model. Rates and numbers apply to each token, in each gateway process. */
export const Protection = z.object({
  /** Bytes; null allows the maximum, 64 MiB. */
  bodyLimitBytes: z.number().int().min(64, "Must be at least 64 bytes.").max(maxBodyBytes).nullable().default(null),
  /** Mean rate that one token may send; null is any. */
  requestsPerSecond: z.number().min(0.01, "Must be at least 0.01.").max(1_000_000).nullable().default(null),
  /** Requests that may arrive in a burst before the rate applies; null allows one second's worth, at least 1. */
  burst: z.number().int().min(1).max(1_000_000).nullable().default(null),
  /** Maximum number of one token's requests in flight; null is unlimited. */
  concurrentRequests: z.number().int().min(1).max(100_000).nullable().default(null),
  fields: z
    .array(FieldContract)
    .max(200)
    .default([])
    .refine((fields) => new Set(fields.map(fieldName)).size === fields.length, "Duplicate field name."),
});
export type Protection = z.infer<typeof Protection>;

const endpointId = z.uuid();

export const GetProtection = z.object({ endpointId });
export type GetProtection = z.input<typeof GetProtection>;

/** Replaces the complete settings. */
export const SetProtection = z.object({
  endpointId,
  protection: Protection.refine(({ fields }) => fields.every(({ name }) => !hasControlCharacters(name)), {
    path: ["fields"],
    error: "Remove control characters from the names of fields.",
  }),
});
export type SetProtection = z.input<typeof SetProtection>;

export const GetViolations = z
  .object({ endpointId, from: Instant, to: Instant })
  .refine(({ from, to }) => from < to, "The start must be before the end.");
export type GetViolations = z.input<typeof GetViolations>;

/** Requests with a violation of one field and kind, in a span of time. */
export const FieldViolations = z.object({
  field: z.string(),
  kind: z.enum(violationKinds),
  rejected: z.number().int(),
  clipped: z.number().int(),
  flagged: z.number().int(),
});
export type FieldViolations = z.infer<typeof FieldViolations>;

export const ViolationReport = z.object({
  /** Requests in the span, with and without violations. */
  requests: z.number().int(),
  /** Violations, most frequent first. */
  violations: z.array(FieldViolations),
  windowSeconds: z.literal(windowSeconds),
});
export type ViolationReport = z.infer<typeof ViolationReport>;
