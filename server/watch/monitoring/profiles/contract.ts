import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { Instant } from "#server/base/instant.ts";
import { limits } from "#server/base/limits.ts";
import { UploadProblem } from "#server/develop/datasets/contract.ts";
import { ReferenceLosses } from "../quality/losses/contract.ts";
import { FeatureProfile } from "../state/contract.ts";

/** Source of a reference's rows. */
export const ProfileSource = z.discriminatedUnion("kind", [
  /** Dataset version whose rows Leeway has read: CSV, Parquet or Arrow. */
  z.object({
    kind: z.literal("dataset"),
    name: z.string().max(limits.nameLength),
    digest: z.string().max(limits.nameLength),
    /** Column that holds the truth, and the split to take; null where there is none. */
    labelColumn: z.string().max(limits.nameLength).nullable().default(null),
    where: z
      .object({ column: z.string().max(limits.nameLength), value: z.string().max(limits.textLength) })
      .nullable()
      .default(null),
    /** Columns of features, by feature name, where the column's name differs. */
    columns: boundedRecord(z.string().max(limits.nameLength), z.string().max(limits.nameLength)).default({}),
  }),
  /** Prediction log of an endpoint: for images and embeddings, or when training rows are gone. */
  z.object({
    kind: z.literal("traffic"),
    endpointId: z.uuid(),
    from: Instant,
    to: Instant,
  }),
]);
export type ProfileSource = z.infer<typeof ProfileSource>;

/**
 * Isotonic map from scores to probabilities by score key: pairs of score and probability, ascending, interpolated between
 * (docs/spec/drift.md section 11.3).
 */
export const Calibration = z.object({
  /** Calibration maps by ScoreState key. */
  maps: z.record(z.string(), z.object({ scores: z.array(z.number()), probabilities: z.array(z.number()) })),
  /** Expected calibration error over 10 equal-count bins, before and after. */
  errorBefore: z.number(),
  errorAfter: z.number(),
  /** Labelled rows by groups of scores, by key: how uncertain the calibration is. Absent in references of older releases. */
  groups: z
    .record(
      z.string(),
      z.object({
        edges: z.array(z.number()),
        rows: z.array(z.number()),
        positives: z.array(z.number()),
        expected: z.array(z.number()),
      }),
    )
    .optional(),
});
export type Calibration = z.infer<typeof Calibration>;

/** Quality of the version on the reference: metric ID to value, such as accuracy, auc, meanAbsoluteError. */
export const ReferenceQuality = z.object({
  labelled: z.number().int(),
  taskKind: z.enum(["binary", "multiclass", "regression"]),
  metrics: z.record(z.string(), z.number().nullable()),
  /** Expected errors of numeric predictions, by the position of a row; null when too few rows are labelled. */
  losses: ReferenceLosses.nullable().optional(),
});
export type ReferenceQuality = z.infer<typeof ReferenceQuality>;

export const ReferenceProfile = z.object({
  id: z.uuid(),
  versionId: z.uuid(),
  modelName: z.string(),
  version: z.number().int(),
  source: ProfileSource,
  state: z.enum(["waiting", "running", "failed", "ready"]),
  rowsRead: z.number(),
  rowsExpected: z.number().nullable(),
  rows: z.number().nullable(),
  problem: UploadProblem.nullable(),
  quality: ReferenceQuality.nullable(),
  calibration: Calibration.nullable(),
  importances: z.record(z.string(), z.number()).nullable(),
  /** Unavailable parts of the reference, with the reasons. */
  notes: z.array(z.string()),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.date(),
  finishedAt: z.date().nullable(),
  retiredAt: z.date().nullable(),
});
export type ReferenceProfile = z.infer<typeof ReferenceProfile>;

/** A feature of a profile, as it is shown. */
export const ReferenceFeature = z.object({
  name: z.string(),
  role: z.enum(["input", "output"]),
  /** Feature importance, as a share of the effect on the output; null if unknown. */
  importance: z.number().nullable(),
  profile: FeatureProfile,
});
export type ReferenceFeature = z.infer<typeof ReferenceFeature>;

export const RequestProfile = z.object({
  /** Name of the model. */
  name: z.string(),
  version: z.number().int(),
  source: ProfileSource,
  reason: z.string().trim().max(2000).default(""),
});
export type RequestProfile = z.input<typeof RequestProfile>;

/** One profile of a version. */
export const ProfileKey = z.object({ name: z.string(), version: z.number().int(), profileId: z.uuid() });
export type ProfileKey = z.infer<typeof ProfileKey>;

export const RetireProfile = ProfileKey.extend({
  reason: z.string().trim().min(1, "Explain why it is no longer a suitable reference.").max(2000),
});
export type RetireProfile = z.input<typeof RetireProfile>;

/** A dataset that the run of a version logged, as far as it can be the reference. */
export const LoggedSource = z.object({
  name: z.string(),
  digest: z.string(),
  /** Context in which the run used it: "training". */
  context: z.string().nullable(),
  /** Null when Leeway has not read them. */
  rows: z.number().nullable(),
  /** Source to request. */
  source: ProfileSource.nullable(),
  /** Reason why it cannot be the reference, as a sentence; null when it can. */
  problem: z.string().nullable(),
});
export type LoggedSource = z.infer<typeof LoggedSource>;

/** Possible references of a version. */
export const ReferenceAdvice = z.object({
  /** Names of the inputs that a reference is built from, and of the version's outputs. */
  inputs: z.array(z.string()),
  outputs: z.array(z.string()),
  logged: z.array(LoggedSource),
  /** Endpoints whose prediction log has requests of the version. */
  traffic: z.array(
    z.object({
      endpointId: z.uuid(),
      endpoint: z.string(),
      requests: z.number().int(),
      from: z.date(),
      to: z.date(),
    }),
  ),
  /** Explanation of the missing reference and what to do, as a sentence; null when one is active. */
  words: z.string().nullable(),
});
export type ReferenceAdvice = z.infer<typeof ReferenceAdvice>;
