import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { limits } from "#server/base/limits.ts";
import { FeatureName } from "#server/develop/features/names.ts";
import { PinnedFeatures } from "#server/develop/features/pinned/contract.ts";

/** What happens with a value that does not count: refuse the request, put the default in its place, or let it pass. */
const valuePolicies = ["reject", "impute", "flag"] as const;
const Policy = z.enum(valuePolicies).default("reject");
export type ValuePolicy = (typeof valuePolicies)[number];

/** Features that are looked up by key before the columns. docs/spec/features.md section 11. */
export const FeaturesPart = z
  .object({
    kind: z.literal("features"),
    /** A feature service, */
    service: FeatureName.optional(),
    /** or references: "view:feature". */
    features: z.array(z.string().max(limits.nameLength)).min(1).max(1_000).optional(),
    /** Input of the request by join key; a key that is left out is an input of its own name. */
    keys: boundedRecord(FeatureName, z.string().trim().min(1).max(128), 200).default({}),
    policy: z
      .object({
        /** Older than the view's limit. */
        stale: Policy,
        /** Null, or the look-up did not answer in time. */
        missing: Policy,
        /** The key was never written. */
        unknown: Policy,
      })
      .prefault({}),
    /** Imputed values by column. Without one: the median or the most frequent level of the version's reference. */
    defaults: boundedRecord(
      z.string().max(limits.nameLength),
      z.union([z.number(), z.string().max(1_000), z.boolean()]),
    ).default({}),
    /** Whether a request may bring features itself; its values win. */
    override: z.boolean().default(true),
    /** Milliseconds to wait for the store; then values count as missing. */
    withinMs: z.number().int().min(1).max(10_000).default(20),
    /** Versions of the views, found when the pipeline is set. */
    pinned: PinnedFeatures.optional(),
  })
  .refine(
    ({ service, features }) => (service === undefined) !== (features === undefined),
    "Name a feature service, or list features.",
  );
export type FeaturesPart = z.output<typeof FeaturesPart>;
