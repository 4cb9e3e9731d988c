import { z } from "zod";
import { TensorSpec } from "../onnx/contract.ts";
import { VersionKey } from "../versions/contract.ts";
import { Pipeline } from "./definition.ts";

/** Steps that a version runs before and after its model, and the resulting inputs and outputs for clients. */
export const VersionPipeline = z.object({
  /** Null if a version has only the model's own inputs and outputs. */
  pipeline: Pipeline.nullable(),
  /** SHA-256 of the pipeline's canonical JSON (RFC 8785), in hexadecimal. */
  digest: z.string().nullable(),
  /** Inputs that clients send and outputs that they receive; empty until the version's file was inspected. */
  inputs: z.array(TensorSpec),
  outputs: z.array(TensorSpec),
  /** Features that clients may send instead of having them looked up by key. */
  optional: z.array(TensorSpec),
  /** Reasons why it does not fit the version; a version with any cannot be deployed. */
  problems: z.array(z.string()),
  /** Reasons why features cannot be looked up; a version with any cannot be deployed, and one that serves goes by its policy for missing values. */
  featureProblems: z.array(z.string()),
  /** Time of the version's first deployment, from which its pipeline cannot change. */
  fixedSince: z.date().nullable(),
});
export type VersionPipeline = z.infer<typeof VersionPipeline>;

/** Parts of a pipeline that look up features by key, as a start for people. */
export interface ProposedFeatures {
  /** Service or view, for people. */
  source: string;
  before: Pipeline["before"];
}

/** Null takes the pipeline away. */
export const SetPipeline = VersionKey.extend({ pipeline: Pipeline.nullable() });
export type SetPipeline = z.input<typeof SetPipeline>;

/** A pipeline as JSON text. */
export const PipelineText = z
  .string()
  .transform((text, refinement) => {
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      refinement.addIssue({ code: "custom", message: `The pipeline is not JSON: ${(error as Error).message}` });
      return z.NEVER;
    }
  })
  .pipe(Pipeline);
