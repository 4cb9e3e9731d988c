import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import { checked, Description } from "../checked-text.ts";
import { problemOfModelName, problemOfText } from "../names.ts";
import { OnnxGraph, Signature } from "../onnx/contract.ts";
import { Pipeline } from "../pipeline/definition.ts";
import { NewTag, Tag } from "../tags/contract.ts";

/** pending: not yet opened; servable: an ONNX file with a known signature; unservable: `inspectionMessage` says why. */
export const inspectionStates = ["pending", "servable", "unservable"] as const;

/** MLflow's stages, deprecated there in favour of aliases. */
export const stages = ["None", "Staging", "Production", "Archived"] as const;

export const Stage = z.enum(stages);
export type Stage = z.infer<typeof Stage>;

/** All times are integer milliseconds since 1970 UTC. */
export const ModelVersion = z.object({
  id: z.uuid(),
  modelId: z.uuid(),
  modelName: z.string(),
  version: z.number().int(),
  /** Source as specified at registration. */
  source: z.string(),
  /** Location of the files. */
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

export const EndpointReference = z.object({ id: z.uuid(), name: z.string() });

/** Origin of a version and the endpoints where it serves. */
export const Lineage = z.object({
  run: z
    .object({ id: z.string(), name: z.string(), experimentId: z.number().int(), experimentName: z.string() })
    .nullable(),
  loggedModel: z.object({ id: z.string(), name: z.string() }).nullable(),
  datasets: z.array(
    z.object({
      name: z.string(),
      digest: z.string(),
      /** Use of the dataset in the run: "training", "validation" … */
      context: z.string().nullable(),
    }),
  ),
  /** Versions that the training job of its run worked on, such as the one that it quantised. */
  models: z.array(z.object({ name: z.string(), version: z.number().int() })),
  endpoints: z.array(EndpointReference),
});
export type Lineage = z.infer<typeof Lineage>;

export const VersionDetails = ModelVersion.extend({ lineage: Lineage });
export type VersionDetails = z.infer<typeof VersionDetails>;

export const VersionKey = z.object({ name: z.string(), version: z.number().int() });
export type VersionKey = z.infer<typeof VersionKey>;

export interface ListVersions {
  name: string;
  /** Only versions below this number. */
  before?: number | undefined;
  /** Page size; default 100, at most 500. */
  limit?: number | undefined;
}

export const CreateModelVersion = z.object({
  name: z.string(),
  source: checked((text) => problemOfText("source", text, 5000)),
  runId: checked((text) => problemOfText("run_id", text, 256)).default(""),
  runLink: checked((text) => problemOfText("run_link", text, 5000)).default(""),
  /** Logged model that the version is created from, if the source does not name it. */
  loggedModelId: z.string().max(limits.nameLength).optional(),
  description: Description.default(""),
  tags: z.array(NewTag).max(1000).default([]),
  pipeline: Pipeline.optional(),
});
export type CreateModelVersion = z.input<typeof CreateModelVersion>;

/** Null takes the description away. */
export const UpdateModelVersion = VersionKey.extend({ description: Description });
export type UpdateModelVersion = z.input<typeof UpdateModelVersion>;

export const TransitionStage = VersionKey.extend({
  stage: Stage,
  /** Archives the other versions of that stage. */
  archiveExisting: z.boolean().default(false),
});
export type TransitionStage = z.input<typeof TransitionStage>;

/** Input that registers an upload; the model is created if it does not exist. */
export const RegisterUpload = z.object({
  name: checked(problemOfModelName),
  description: Description.default(""),
  tags: z.array(NewTag).max(1000).default([]),
  pipeline: Pipeline.optional(),
});
export type RegisterUpload = z.input<typeof RegisterUpload>;

/** Input that registers a logged model of a run, or a file or folder of its artifacts; the model is created if it does not exist. */
export const RegisterFromRun = z.object({
  name: checked(problemOfModelName),
  description: Description.default(""),
  runId: z.string().min(1).max(256),
  /** Either this, or `path`. */
  loggedModelId: z.string().min(1).max(limits.nameLength).optional(),
  /** Path below the artifact root of the run. */
  path: z.string().min(1).max(1_000).optional(),
});
export type RegisterFromRun = z.input<typeof RegisterFromRun>;
