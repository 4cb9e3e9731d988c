import { z } from "zod";
import { ChangePurpose } from "#server/watch/slo/budget-gate/contract.ts";
import { ExecutionChange, ExecutionProvider } from "../develop/registry/execution/contract.ts";
import { CreateEndpoint } from "./contract.ts";
import { NewEngine } from "./engines/contract.ts";
import { keptReasons } from "./predictions/contract.ts";
import { arms, windowSeconds } from "./telemetry/contract.ts";

const endpointId = z.uuid();
const Reason = z.string().trim().max(2000).default("");

/** What is not given stays as it is. */
export const UpdateEndpoint = z.object({
  endpointId,
  description: CreateEndpoint.shape.description.removeDefault().optional(),
  captureShare: CreateEndpoint.shape.captureShare.removeDefault().optional(),
  versionsKept: CreateEndpoint.shape.versionsKept.removeDefault().optional(),
  execution: ExecutionChange.optional(),
});
export type UpdateEndpoint = z.input<typeof UpdateEndpoint>;

export const ArchiveEndpoint = z.object({ endpointId, reason: Reason });
export type ArchiveEndpoint = z.input<typeof ArchiveEndpoint>;

export const LoadEndpoint = z.object({ endpointId });
export type LoadEndpoint = z.input<typeof LoadEndpoint>;

export const UnloadEndpoint = z.object({ endpointId, reason: Reason });
export type UnloadEndpoint = z.input<typeof UnloadEndpoint>;

/** Exactly one of `version` and `alias`; the alias "latest" is the highest version. */
export const NewDeployment = z.object({
  model: z.string().min(1),
  version: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional(),
  alias: z.string().min(1).max(256).optional(),
  /** In order of preference; empty leaves the choice to the gateway's configuration. */
  providers: z.array(ExecutionProvider).max(4).default([]),
  /** A server elsewhere that runs it. */
  engine: NewEngine.optional(),
  reason: Reason,
  /** What mends or goes back is let through where the error budget makes other changes wait. */
  purpose: ChangePurpose.default("change"),
  /** Deploys in spite of the error budget; the reason is needed then, and kept with the name. */
  overridesBudget: z.boolean().default(false),
});
export const DeployVersion = NewDeployment.extend({ endpointId })
  .refine(
    ({ version, alias }) => (version === undefined) !== (alias === undefined),
    "Specify either a version or an alias.",
  )
  .refine(
    ({ engine, providers }) => !engine || providers.length === 0,
    "External engines choose their own execution provider.",
  );
export type DeployVersion = z.input<typeof DeployVersion>;

export const ListEndpoints = z.object({
  /** Archived ones too. */
  withArchived: z.boolean().default(false),
  limit: z.number().int().min(1).max(500).default(100),
  /** The last name of the page before. */
  after: z.string().optional(),
});
export type ListEndpoints = z.input<typeof ListEndpoints>;

export const GetEndpoint = z.object({ name: z.string() });
export type GetEndpoint = z.input<typeof GetEndpoint>;

/** At most 2,000 steps; the step is a multiple of the 10 s that a row covers. */
export const GetEndpointSeries = z
  .object({
    endpointId,
    from: z.coerce.date(),
    to: z.coerce.date(),
    stepSeconds: z.coerce.number().int().multipleOf(windowSeconds).min(windowSeconds).max(86_400),
  })
  .refine(({ from, to }) => from < to, "The start must be before the end.")
  .refine(
    ({ from, to, stepSeconds }) => (to.getTime() - from.getTime()) / 1000 / stepSeconds <= 2000,
    "At most 2,000 steps; use a longer step.",
  );
export type GetEndpointSeries = z.input<typeof GetEndpointSeries>;

const InputCondition = z.object({
  name: z.string().min(1).max(200),
  sign: z.enum(["=", "<", ">"]),
  value: z.string().max(1000),
});
export type InputCondition = z.infer<typeof InputCondition>;

export const ListPredictions = z.object({
  endpointId,
  from: z.coerce.date().optional(),
  to: z.coerce.date().optional(),
  versionId: z.uuid().optional(),
  arm: z.enum(arms).optional(),
  /** Only those that failed. */
  failed: z.boolean().default(false),
  /** HTTP status of the answer. */
  status: z.coerce.number().int().min(100).max(599).optional(),
  /** By what was reported as true: some label, none, the same as the answer, something else. */
  label: z.enum(["with", "without", "right", "wrong"]).optional(),
  /** Only those whose highest probability is below it. */
  confidenceBelow: z.coerce.number().gt(0).max(1).optional(),
  /** Milliseconds of the answer: at least, and below. */
  latencyMsFrom: z.coerce.number().min(0).optional(),
  latencyMsBelow: z.coerce.number().min(0).optional(),
  /** What single values of the request were; of several rows, the first one counts. */
  inputs: z.array(InputCondition).max(20).optional(),
  kept: z.enum(keptReasons).optional(),
  requestId: z.string().max(256).optional(),
  id: z.uuid().optional(),
  /** The id of a request or of its record, whole. */
  search: z.string().trim().max(256).optional(),
  /** "small" leaves out the elements of tensors where they are many, for lists that show a few. */
  tensors: z.enum(["all", "small"]).default("all"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** `next` of the page before. */
  cursor: z.string().max(100).optional(),
});
export type ListPredictions = z.input<typeof ListPredictions>;

export const GetPrediction = z.object({
  id: z.uuid("Prediction IDs are UUIDs."),
  /** The endpoint whose log is meant; any when left out. */
  endpointId: z.uuid().optional(),
});
export type GetPrediction = z.input<typeof GetPrediction>;

/** A request to run a version by itself, outside any endpoint. `inputs` and `outputs` as in the Open Inference Protocol's JSON. */
export const RunVersion = z.object({
  versionId: z.uuid(),
  inputs: z.array(z.unknown()).min(1),
  outputs: z.array(z.unknown()).optional(),
  /** In order of preference; empty leaves the choice to the configuration. */
  providers: z.array(ExecutionProvider).max(4).default([]),
});
export type RunVersion = z.input<typeof RunVersion>;
