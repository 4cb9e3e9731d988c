import { z } from "zod";
import { FeatureType, KeyType } from "../contract.ts";

const Name = z.string().min(1).max(500);

/** A feature that a model gets by key. */
export const PinnedFeature = z.object({
  /** Column of the model's pipeline that takes it. */
  column: Name,
  feature: Name,
  type: FeatureType,
  /** Whether it, or what it is computed from, is tagged "pii". */
  isPii: z.boolean(),
  /** Whether it is computed at look-up. */
  isComputed: z.boolean(),
});
export type PinnedFeature = z.infer<typeof PinnedFeature>;

/** Features of one version of a view. The digest identifies the version in any workspace. */
export const PinnedView = z.object({
  view: Name,
  version: z.number().int().min(1),
  digest: Name,
  /** Columns of keys, in the order of the view's join keys. */
  keyColumns: z.array(Name).max(20),
  features: z.array(PinnedFeature).min(1).max(1_000),
});
export type PinnedView = z.infer<typeof PinnedView>;

/** Features by key, pinned to versions of views: what a request has to bring, and what is looked up. */
export const PinnedFeatures = z.object({
  /** Input of the request by column of keys. */
  keys: z.array(z.object({ column: Name, type: KeyType, input: Name })).max(200),
  /** Values that expressions at look-up read from the request. */
  requestInputs: z.array(z.object({ name: Name, type: FeatureType })).max(200),
  views: z.array(PinnedView).min(1).max(500),
});
export type PinnedFeatures = z.infer<typeof PinnedFeatures>;
