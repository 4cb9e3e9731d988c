import { z } from "zod";
import { boundedRecord } from "#server/base/bounded-record.ts";
import { limits } from "#server/base/limits.ts";
import { FeatureName } from "#server/develop/features/names.ts";
import { PinnedFeatures } from "#server/develop/features/pinned/contract.ts";

/** What happens with a value that does not count: refuse the request, put the default in its place, or let it pass. */
const valuePolicies = ["reject", "impute", "flag"] as const;
const Policy = z.enum(valuePolicies, 'Must be "reject", "impute" or "flag".').default("reject");
export type ValuePolicy = (typeof valuePolicies)[number];

const milliseconds = "Must be a whole number of milliseconds.";

/** Names the fields that there are: a misspelled one would change nothing. */
function knownOnly(...fields: string[]) {
  return {
    error: (issue: { code?: string; keys?: readonly string[] }) => {
      if (issue.code !== "unrecognized_keys") return undefined;
      const names = issue.keys?.map((key) => `"${key}"`).join(", ");
      return `There is no ${names} here. The fields are ${fields.join(", ")}.`;
    },
  };
}

/** Features that are looked up by key before the columns. docs/spec/features.md section 11. */
export const FeaturesPart = z
  .strictObject(
    {
      kind: z.literal("features"),
      /** A feature service, */
      service: FeatureName.optional(),
      /** or references: "view:feature". */
      features: z
        .array(z.string().max(limits.nameLength), 'Must be a list, such as ["driver_stats:conv_rate"].')
        .min(1)
        .max(1_000)
        .optional(),
      /** Input of the request by join key; a key that is left out is an input of its own name. */
      keys: boundedRecord(FeatureName, z.string("Must be the name of an input.").trim().min(1).max(128), 200).default(
        {},
      ),
      policy: z
        .strictObject(
          {
            /** Older than the view's limit. */
            stale: Policy,
            /** Null, or the look-up did not answer in time. */
            missing: Policy,
            /** The key was never written. */
            unknown: Policy,
          },
          knownOnly("stale", "missing", "unknown"),
        )
        .prefault({}),
      /** Imputed values by column. Without one: the median or the most frequent level of the version's reference. */
      defaults: boundedRecord(
        z.string().max(limits.nameLength),
        z.union([z.number(), z.string().max(1_000), z.boolean()], "Must be a number, a text, true or false."),
      ).default({}),
      /** Whether a request may bring features itself; its values win. */
      override: z.boolean("Must be true or false.").default(true),
      /** Milliseconds to wait for the store; then values count as missing. */
      withinMs: z
        .number(milliseconds)
        .int(milliseconds)
        .min(1, "Must be at least 1\u00a0ms.")
        .max(10_000, "Must be at most 10,000\u00a0ms.")
        .default(20),
      /** Versions of the views, found when the pipeline is set. */
      pinned: PinnedFeatures.optional(),
    },
    knownOnly("service or features", "keys", "policy", "defaults", "override", "withinMs"),
  )
  .refine(
    ({ service, features }) => (service === undefined) !== (features === undefined),
    'Name a feature service with "service", or list features with "features", one of the two.',
  );
export type FeaturesPart = z.output<typeof FeaturesPart>;
