import { z } from "zod";
import { problemOfAlias, problemOfModelName, problemOfTagKey, problemOfTagValue, problemOfText } from "./names.ts";
import { Pipeline } from "./pipeline/definition.ts";

/** Datatypes of the Open Inference Protocol that ONNX Runtime's Node binding can serve. */
export const datatypes = [
  "BOOL",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "FP16",
  "FP32",
  "FP64",
  "BYTES",
] as const;

export const TensorSpec = z.object({
  name: z.string(),
  datatype: z.enum(datatypes),
  /** A number is fixed; a string names a symbolic dimension, such as the batch. */
  shape: z.array(z.union([z.number().int(), z.string()])),
});
export type TensorSpec = z.infer<typeof TensorSpec>;

/** What opening the ONNX file told. */
export const Signature = z.object({
  inputs: z.array(TensorSpec),
  outputs: z.array(TensorSpec),
  /** Operator set version by domain; "" is the standard one. */
  opsets: z.record(z.string(), z.number().int()),
  irVersion: z.number().int(),
  producer: z.string(),
  /** Names of the classes, from the file's metadata key "labels". */
  labels: z.array(z.string()).optional(),
  /** Other metadata of the file. */
  metadata: z.record(z.string(), z.string()),
});
export type Signature = z.infer<typeof Signature>;

/** What an ONNX file computes, and with how many numbers. */
export const OnnxGraph = z.object({
  /** Kinds of operators with how often each stands in the graph, in nested graphs and in functions. */
  operators: z.array(z.object({ domain: z.string(), name: z.string(), count: z.number().int() })),
  /** Numbers in the weights, wherever they are stored. */
  parameterCount: z.number().int(),
});
export type OnnxGraph = z.infer<typeof OnnxGraph>;

/** pending: not yet opened; servable: an ONNX file with a known signature; unservable: `inspectionMessage` says why. */
const inspectionStates = ["pending", "servable", "unservable"] as const;

/** MLflow's stages, deprecated there in favour of aliases. */
export const stages = ["None", "Staging", "Production", "Archived"] as const;
export const Stage = z.enum(stages);
export type Stage = z.infer<typeof Stage>;

/** Aliases that the console offers; any other name is fine too. */
export const wellKnownAliases = ["champion", "challenger"] as const;

export const Tag = z.object({ key: z.string(), value: z.string() });
export type Tag = z.infer<typeof Tag>;

/** All times are integer milliseconds since 1970 UTC. */
export const ModelVersion = z.object({
  id: z.uuid(),
  modelId: z.uuid(),
  modelName: z.string(),
  version: z.number().int(),
  /** As given by whoever registered it. */
  source: z.string(),
  /** Where the files are. */
  storageLocation: z.string(),
  runId: z.string(),
  runLink: z.string(),
  loggedModelId: z.string().nullable(),
  description: z.string().nullable(),
  userName: z.string(),
  stage: Stage,
  inspection: z.enum(inspectionStates),
  inspectionMessage: z.string().nullable(),
  sizeBytes: z.number().int().nullable(),
  sha256: z.string().nullable(),
  signature: Signature.nullable(),
  /** Null for what is no ONNX file, or was opened before Leeway counted operators. */
  graph: OnnxGraph.nullable(),
  /** Lines of the requirements.txt that lies beside the model; null when there is none. */
  packages: z.array(z.string()).nullable(),
  /** SHA-256 of what is done before and after the model; null when that is nothing. */
  pipelineDigest: z.string().nullable(),
  tags: z.array(Tag),
  aliases: z.array(z.string()),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type ModelVersion = z.infer<typeof ModelVersion>;

export const Alias = z.object({ alias: z.string(), version: z.number().int() });
export type Alias = z.infer<typeof Alias>;

export const RegisteredModel = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string().nullable(),
  ownerName: z.string(),
  /** The person of that name; null when it is only a name, such as that of a pipeline. */
  ownerId: z.uuid().nullable(),
  tags: z.array(Tag),
  aliases: z.array(Alias),
  /** The highest version of each stage. */
  latestVersions: z.array(ModelVersion),
  createdAt: z.number().int(),
  updatedAt: z.number().int(),
});
export type RegisteredModel = z.infer<typeof RegisteredModel>;

const EndpointReference = z.object({ id: z.uuid(), name: z.string() });

/** A row of the list of models. */
export const ModelSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string().nullable(),
  ownerName: z.string(),
  versionCount: z.number().int(),
  latestVersion: z
    .object({ version: z.number().int(), inspection: z.enum(inspectionStates), createdAt: z.number().int() })
    .nullable(),
  aliases: z.array(Alias),
  endpoints: z.array(EndpointReference.extend({ version: z.number().int() })),
  updatedAt: z.number().int(),
});
export type ModelSummary = z.infer<typeof ModelSummary>;

/** Where a version comes from and where it serves. */
export const Lineage = z.object({
  run: z
    .object({ id: z.string(), name: z.string(), experimentId: z.number().int(), experimentName: z.string() })
    .nullable(),
  loggedModel: z.object({ id: z.string(), name: z.string() }).nullable(),
  datasets: z.array(
    z.object({
      name: z.string(),
      digest: z.string(),
      /** What the run used it for: "training", "validation" … */
      context: z.string().nullable(),
    }),
  ),
  endpoints: z.array(EndpointReference),
});
export type Lineage = z.infer<typeof Lineage>;

export const VersionDetails = ModelVersion.extend({ lineage: Lineage });
export type VersionDetails = z.infer<typeof VersionDetails>;

/** A version and the run it was made from. */
export const RunVersion = ModelVersion.pick({ id: true, runId: true, modelName: true, version: true });
export type RunVersion = z.infer<typeof RunVersion>;

/** Text that is refused with the message that `problem` finds. */
function checked(problem: (value: string) => string | undefined) {
  return z.string().superRefine((value, refinement) => {
    const message = problem(value);
    if (message) refinement.addIssue({ code: "custom", message });
  });
}

const Name = z.string();
const VersionNumber = z.number().int();
const Description = checked((text) => problemOfText("description", text, 100_000)).nullable();
const NewTag = z.object({ key: checked(problemOfTagKey), value: checked(problemOfTagValue) });

export const ModelKey = z.object({ name: Name });
export type ModelKey = z.infer<typeof ModelKey>;

export const VersionKey = z.object({ name: Name, version: VersionNumber });
export type VersionKey = z.infer<typeof VersionKey>;

export interface ListVersions {
  name: string;
  /** Only versions below this number. */
  before?: number | undefined;
  /** Default 100, at most 500. */
  limit?: number | undefined;
}

export const CreateRegisteredModel = z.object({
  name: checked(problemOfModelName),
  description: Description.default(null),
  tags: z.array(NewTag).max(1000).default([]),
});
export type CreateRegisteredModel = z.input<typeof CreateRegisteredModel>;

export const RenameRegisteredModel = z.object({ name: Name, newName: checked(problemOfModelName) });
export type RenameRegisteredModel = z.input<typeof RenameRegisteredModel>;

/** Null takes the description away. */
export const UpdateRegisteredModel = z.object({ name: Name, description: Description });
export type UpdateRegisteredModel = z.input<typeof UpdateRegisteredModel>;

/** An owner is a person of the workspace. */
export const SetModelOwner = z.object({ name: Name, ownerId: z.uuid() });
export type SetModelOwner = z.infer<typeof SetModelOwner>;

export const SetModelTag = NewTag.extend({ name: Name });
export type SetModelTag = z.input<typeof SetModelTag>;

export const DeleteModelTag = z.object({ name: Name, key: z.string() });
export type DeleteModelTag = z.input<typeof DeleteModelTag>;

const Reason = z.string().trim().max(2000).optional();

export const SetAlias = VersionKey.extend({ alias: checked(problemOfAlias), reason: Reason });
export type SetAlias = z.input<typeof SetAlias>;

export const AliasKey = z.object({ name: Name, alias: z.string() });
export type AliasKey = z.infer<typeof AliasKey>;

export const DeleteAlias = AliasKey.extend({ reason: Reason });
export type DeleteAlias = z.input<typeof DeleteAlias>;

export const CreateModelVersion = z.object({
  name: Name,
  source: checked((text) => problemOfText("source", text, 5000)),
  runId: checked((text) => problemOfText("run_id", text, 256)).default(""),
  runLink: checked((text) => problemOfText("run_link", text, 5000)).default(""),
  /** The logged model that the version is made of, when the source does not name it. */
  loggedModelId: z.string().optional(),
  description: Description.default(""),
  tags: z.array(NewTag).max(1000).default([]),
  pipeline: Pipeline.optional(),
});
export type CreateModelVersion = z.input<typeof CreateModelVersion>;

/** Null takes the description away. */
export const UpdateModelVersion = VersionKey.extend({ description: Description });
export type UpdateModelVersion = z.input<typeof UpdateModelVersion>;

export const SetVersionTag = NewTag.extend({ name: Name, version: VersionNumber });
export type SetVersionTag = z.input<typeof SetVersionTag>;

export const DeleteVersionTag = VersionKey.extend({ key: z.string() });
export type DeleteVersionTag = z.input<typeof DeleteVersionTag>;

export const TransitionStage = VersionKey.extend({
  stage: Stage,
  /** Archives the other versions of that stage. */
  archiveExisting: z.boolean().default(false),
});
export type TransitionStage = z.input<typeof TransitionStage>;

/** A model of that name is made when there is none. */
export const RegisterUpload = z.object({
  name: checked(problemOfModelName),
  description: Description.default(""),
  tags: z.array(NewTag).max(1000).default([]),
  pipeline: Pipeline.optional(),
});
export type RegisterUpload = z.input<typeof RegisterUpload>;

/** A search in MLflow's filter language. */
export const SearchRegistry = z.object({
  filter: z.string().default(""),
  orderBy: z.array(z.string()).default([]),
  limit: z.number().int().min(1),
  pageToken: z.string().default(""),
});
export type SearchRegistry = z.input<typeof SearchRegistry>;
