import { z } from "zod";
import { formatCount } from "#server/base/format-number.ts";
import { limits } from "#server/base/limits.ts";
import { ExecutionProvider } from "../../develop/registry/execution/contract.ts";
import { Explanation, ExplanationSettings, Target } from "../explain/contract.ts";
import { GivenInput } from "../protocol/contract.ts";
import { RunResult } from "../runner/contract.ts";
import { maxBatchItems, maxConcurrentItems } from "./constants.ts";

/** A version, its preferred provider, and its requested outputs: all of the model's when left out. */
export const Side = z.object({
  versionId: z.uuid(),
  version: z.number().int(),
  provider: ExecutionProvider.optional(),
  outputs: z
    .array(z.object({ name: z.string().max(limits.nameLength) }))
    .max(64)
    .optional(),
});
export type Side = z.infer<typeof Side>;

export const RunVersions = z.object({
  model: z.string().max(limits.nameLength).min(1),
  sides: z.array(Side).min(1).max(2),
  inputs: z.array(GivenInput).min(1).max(256),
  /** Whether the inputs are those of the pipeline, or the model's own. */
  via: z.enum(["pipeline", "tensors"]).optional(),
  /** A recent run that this one replaces in the history, as with the strokes of one drawing. */
  replaces: z.uuid().optional(),
});
export type RunVersions = z.input<typeof RunVersions>;

/** Reason why a version returned no prediction, and what to do. */
export const RunProblem = z.object({
  kind: z.enum(["not-loadable", "input", "timeout", "crashed", "busy", "failed"]),
  message: z.string(),
});
export type RunProblem = z.infer<typeof RunProblem>;

/** Result of one side: its prediction, or the reason why there is none. */
const RanSide = z.union([z.object({ answer: RunResult }), z.object({ problem: RunProblem })]);
export type RanSide = z.infer<typeof RanSide>;

/** Difference between the same output of two sides, in the output's own unit. */
const OutputDifference = z.object({
  name: z.string(),
  /** Reason why they cannot be compared; the other fields are then empty. */
  problem: z.string().optional(),
  rows: z.number().int(),
  elements: z.number().int(),
  /** Elements that are not the same. */
  differing: z.number().int(),
  /** Largest and mean difference of numbers; null for text, and where one is not a number. */
  maxAbsolute: z.number().nullable(),
  meanAbsolute: z.number().nullable(),
  /** Largest difference as a share of the larger of both numbers. */
  maxRelative: z.number().nullable(),
  /** Position of the largest difference. */
  at: z.object({ row: z.number().int(), label: z.string() }).nullable(),
  /** Whether both rows add up to 1 like probabilities. */
  areProbabilities: z.boolean(),
  /** Rows in which both have the same highest class; null when it is no list of classes. */
  agreement: z.object({ same: z.number().int(), rows: z.number().int() }).nullable(),
  /** Differences by class or index in the row, over all rows; the first hundred. */
  byClass: z.array(
    z.object({ label: z.string(), maxAbsolute: z.number(), meanAbsolute: z.number(), signed: z.number() }),
  ),
  /** The first hundred rows. */
  byRow: z.array(
    z.object({
      row: z.number().int(),
      maxAbsolute: z.number().nullable(),
      a: z.string(),
      b: z.string(),
      isSame: z.boolean(),
    }),
  ),
});
export type OutputDifference = z.infer<typeof OutputDifference>;

/** A run as stored. */
const StoredRunResult = z.object({ ran: z.array(RanSide), difference: z.array(OutputDifference) });
export type StoredRunResult = z.infer<typeof StoredRunResult>;

/** Predictions, and the id of the run in the history. */
export const RanVersions = StoredRunResult.extend({ runId: z.uuid() });
export type RanVersions = z.infer<typeof RanVersions>;

/** One number of one side of an item, for tables: its first output. */
const ItemOutput = z.object({
  /** The likeliest class, or the first numbers. */
  text: z.string(),
  /** Probability of the class; null when the output is not a class. */
  share: z.number().nullable(),
  latencyMs: z.number(),
});
const ItemSide = z.union([z.object({ answer: ItemOutput }), z.object({ problem: RunProblem })]);
export type ItemSide = z.infer<typeof ItemSide>;
const ItemResult = z.object({
  sides: z.array(ItemSide),
  /** Whether two sides agree, and the largest difference of numbers. */
  agrees: z.boolean().nullable(),
  maxAbsolute: z.number().nullable(),
});
export type ItemResult = z.infer<typeof ItemResult>;

export const ExplainVersion = z.object({
  model: z.string().max(limits.nameLength).min(1),
  side: Side,
  inputs: z.array(GivenInput).min(1).max(256),
  /** The run in the history that it belongs to. */
  runId: z.uuid().optional(),
  /** The likeliest class when left out. */
  target: Target.optional(),
  settings: ExplanationSettings,
});
export type ExplainVersion = z.input<typeof ExplainVersion>;

const runKinds = ["run", "batch", "explanation"] as const;
const runStates = ["running", "done", "failed", "cancelled"] as const;

export const PlaygroundRunSummary = z.object({
  id: z.uuid(),
  parentId: z.uuid().nullable(),
  kind: z.enum(runKinds),
  state: z.enum(runStates),
  modelName: z.string(),
  sides: z.array(Side),
  /** Message for users that describes the failure. */
  problem: z.string().nullable(),
  done: z.number().int(),
  total: z.number().int(),
  startedBy: z.string(),
  startedById: z.string(),
  startedAt: z.date(),
  endedAt: z.date().nullable(),
  /** The conclusion in a few words: "7, 7" or "182 of 200 agree". */
  words: z.string(),
});
export type PlaygroundRunSummary = z.infer<typeof PlaygroundRunSummary>;

export const PlaygroundRun = PlaygroundRunSummary.extend({
  /** Request, by kind; null when it was too large to store. */
  request: z.unknown(),
  requestBytes: z.number().int(),
  requestDigest: z.string(),
  /** Result by kind: RunResult, BatchSummary, Explanation. Null until the run has succeeded. */
  result: z.unknown(),
  explanations: z.array(
    z.object({ id: z.uuid(), state: z.enum(runStates), sides: z.array(Side), explanation: Explanation.nullable() }),
  ),
});
export type PlaygroundRun = z.infer<typeof PlaygroundRun>;

export const ListPlaygroundRuns = z.object({
  model: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(30),
  /** `next` of the page before. */
  cursor: z.string().max(100).optional(),
});
export type ListPlaygroundRuns = z.input<typeof ListPlaygroundRuns>;

export const PlaygroundRunId = z.object({ id: z.uuid() });
export type PlaygroundRunId = z.input<typeof PlaygroundRunId>;

export const StartBatch = z.object({
  model: z.string().min(1),
  sides: z.array(Side).min(1).max(2),
  via: z.enum(["pipeline", "tensors"]).optional(),
  /** Source of the items: "40 files", "flights.csv". */
  source: z.string().min(1).max(300),
  total: z
    .number()
    .int()
    .min(1)
    .max(maxBatchItems, `At most ${formatCount(maxBatchItems)} files or rows.`),
});
export type StartBatch = z.input<typeof StartBatch>;

export const RunBatchItems = z.object({
  runId: z.uuid(),
  items: z
    .array(
      z.object({
        place: z.number().int().min(0).max(maxBatchItems),
        name: z.string().min(1).max(300),
        /** Left out for one that could not be read, which says why. */
        inputs: z.array(GivenInput).max(256).default([]),
        problem: z.string().max(1000).optional(),
      }),
    )
    .min(1)
    .max(maxConcurrentItems),
});
export type RunBatchItems = z.input<typeof RunBatchItems>;

export const BatchItem = z.object({ place: z.number().int(), name: z.string(), result: ItemResult });
export type BatchItem = z.infer<typeof BatchItem>;
