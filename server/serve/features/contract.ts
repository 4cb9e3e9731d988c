import { z } from "zod";
import { lookUpStatuses } from "#server/develop/features/contract.ts";

/** Where the row of a look-up came from: a view held in memory, a copy of a row, or the store. */
const rowSources = ["held", "cached", "asked"] as const;

/** Where a value that the model got came from: the store, the request (which wins), or the default that takes the place of none. */
const valueSources = ["store", "request", "imputed"] as const;
export type ValueSource = (typeof valueSources)[number];

/** What one row of a request found in a view. Times are microseconds since 1970; null where there is no row. */
export const ServedRow = z.object({
  /** Entity key in hexadecimal, as in feature_latest; null if a part of it was null. */
  key: z.string().nullable(),
  eventAt: z.number().nullable(),
  createdAt: z.number().nullable(),
  source: z.enum(rowSources),
  /** Whether the store did not answer in time: a row may exist. */
  isLate: z.boolean().optional(),
});
export type ServedRow = z.infer<typeof ServedRow>;

/** A feature as the model got it: by row of the request. */
export const ServedFeature = z.object({
  name: z.string(),
  /** JSON cells as writes accept them; null where the value is null, and everywhere if the feature is redacted. */
  values: z.array(z.unknown()),
  statuses: z.array(z.enum(lookUpStatuses)),
  sources: z.array(z.enum(valueSources)),
  isRedacted: z.boolean(),
});
export type ServedFeature = z.infer<typeof ServedFeature>;

export const ServedView = z.object({
  viewId: z.uuid(),
  view: z.string(),
  /** Number of the view, part of the keys of its rows. */
  number: z.number().int(),
  /** Version that the pipeline is pinned to. */
  version: z.number().int(),
  rows: z.array(ServedRow),
  features: z.array(ServedFeature),
});
export type ServedView = z.infer<typeof ServedView>;

/** What a request got from the feature store, kept with its prediction. */
export const ServedFeatures = z.object({
  /** Database time at which ages were judged, in microseconds since 1970. */
  servedAt: z.number(),
  views: z.array(ServedView),
});
export type ServedFeatures = z.infer<typeof ServedFeatures>;
