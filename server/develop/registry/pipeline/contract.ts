import { z } from "zod";
import { TensorSpec } from "../onnx/contract.ts";
import { VersionKey } from "../versions/contract.ts";
import { Pipeline } from "./definition.ts";

/** What a version does before and after its model, and what that means for clients. */
export const VersionPipeline = z.object({
  /** Null when a version takes and gives the model's own tensors only. */
  pipeline: Pipeline.nullable(),
  /** SHA-256 of the pipeline's canonical JSON (RFC 8785), in hexadecimal. */
  digest: z.string().nullable(),
  /** What clients send and get; empty while the version's file was not opened. */
  inputs: z.array(TensorSpec),
  outputs: z.array(TensorSpec),
  /** Why it does not fit the version; a version with any cannot be deployed. */
  problems: z.array(z.string()),
  /** When the version was first deployed: from then on its pipeline stays as it is. */
  fixedSince: z.date().nullable(),
});
export type VersionPipeline = z.infer<typeof VersionPipeline>;

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
