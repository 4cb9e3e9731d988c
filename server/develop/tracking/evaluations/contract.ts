import { z } from "zod";
import { hasControlCharacters, noControlCharacters } from "#server/base/text/control-characters.ts";

const Texts = z.record(z.string(), z.string());
const storedKey = z.string().min(1).max(250, "Keys can have at most 250 characters.");
const key = storedKey.check(noControlCharacters);
const Values = z.record(z.string(), z.unknown());

/** Questions with expected answers for evaluating an application. Times are integer milliseconds since 1970, UTC. */
export const EvaluationDataset = z.object({
  id: z.string(),
  name: z.string(),
  /** Changes with every change of the dataset. */
  digest: z.string(),
  tags: Texts,
  experimentIds: z.array(z.number()),
  /** Type of each field of the records by part, as the first record has it; null without records. */
  schema: z.record(z.string(), Texts).nullable(),
  records: z.number(),
  createdBy: z.string(),
  updatedBy: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type EvaluationDataset = z.infer<typeof EvaluationDataset>;

export const EvaluationRecord = z.object({
  id: z.string(),
  datasetId: z.string(),
  inputs: Values,
  /** Any JSON. */
  outputs: z.unknown(),
  expectations: Values.nullable(),
  tags: Texts.nullable(),
  source: z.unknown(),
  createdBy: z.string(),
  updatedBy: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type EvaluationRecord = z.infer<typeof EvaluationRecord>;

export const CreateEvaluationDataset = z.object({
  name: z.string().min(1, "An evaluation dataset needs a name.").max(500).check(noControlCharacters),
  tags: z.record(key, z.string()).default({}),
  experimentIds: z.array(z.int()).max(1000).default([]),
});
export type CreateEvaluationDataset = z.input<typeof CreateEvaluationDataset>;

/** null takes a tag off, whatever its key. */
export const TagEvaluationDataset = z.object({
  id: z.string(),
  tags: z
    .record(storedKey, z.string().nullable())
    .refine(
      (tags) => Object.entries(tags).every(([key, value]) => value === null || !hasControlCharacters(key)),
      "Remove control characters from the key.",
    ),
});
export type TagEvaluationDataset = z.infer<typeof TagEvaluationDataset>;

export const LinkEvaluationDataset = z.object({
  id: z.string(),
  action: z.enum(["add", "remove"]),
  experimentIds: z.array(z.int()).max(1000),
});
export type LinkEvaluationDataset = z.infer<typeof LinkEvaluationDataset>;

/** Record as sent by clients: unknown members are dropped. */
export const NewEvaluationRecord = z.object({
  inputs: Values.refine((inputs) => Object.keys(inputs).length > 0, "A record needs inputs."),
  outputs: z.unknown().optional(),
  expectations: Values.nullish(),
  tags: z.record(key, z.string()).nullish(),
  source: z.unknown().optional(),
});

export const UpsertEvaluationRecords = z.object({
  id: z.string(),
  records: z.array(NewEvaluationRecord).max(10_000, "At most 10,000 records per request."),
});
export type UpsertEvaluationRecords = z.input<typeof UpsertEvaluationRecords>;

export const DeleteEvaluationRecords = z.object({ id: z.string(), recordIds: z.array(z.string()).max(10_000) });
export type DeleteEvaluationRecords = z.infer<typeof DeleteEvaluationRecords>;
