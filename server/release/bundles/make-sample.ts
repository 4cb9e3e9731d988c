import type { Context } from "#server/base/context.ts";
import { systemContext } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { mebibytes } from "#server/base/format-number.ts";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { InferenceFailure } from "#server/serve/pool/failure.ts";
import type { ModelRunner } from "#server/serve/runner/model-runner.ts";
import type { SampleFiles, Tolerance } from "./contract.ts";
import { type RunSample, runSample } from "./run-sample.ts";

/** A golden sample, or why there is none. */
export type Sample =
  | { files: Record<string, string>; manifest: SampleFiles }
  | {
      problem: string;
      /** Whether the model is the cause, so that a retry would end the same. */
      isFinal: boolean;
    };

/** Characters of all its files. */
const maxLength = 16 * 2 ** 20;

/**
 * Runs a version on the CPU with synthetic inputs, through its pipeline if it has one. Recorded requests are never used because bundles
 * leave the installation.
 */
export async function makeSample(ctx: Context, models: ModelRunner, versionId: string): Promise<Sample> {
  // Permission to download a version does not include running others: Leeway itself runs it.
  const own = systemContext(ctx.db, ctx.actor.workspaceId, "bundle");
  try {
    const ran = await models.leaseVersion(own, { versionId, providers: ["cpu"] }, runSample);
    return toSample(ran);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "unavailable") throw error;
    const isFinal = error.cause instanceof InferenceFailure && error.cause.reason === "model";
    return { problem: error.message, isFinal };
  }
}

function toSample(ran: RunSample): Sample {
  const { modelName, version, provider, request, response, rawRequest, finalResponse, outputs } = ran;
  const responseOf = (tensors: object[]) => ({
    model_name: modelName,
    model_version: String(version),
    outputs: tensors,
  });
  const contents: Record<string, object | undefined> = {
    "sample/final-response.json": finalResponse && responseOf(finalResponse),
    "sample/raw-request.json": rawRequest && { inputs: rawRequest },
    "sample/request.json": { inputs: request },
    "sample/response.json": responseOf(response),
  };
  const texts = Object.entries(contents).flatMap(([path, content]): [string, string][] =>
    content ? [[path, `${JSON.stringify(content)}\n`]] : [],
  );
  if (texts.reduce((sum, [, text]) => sum + text.length, 0) > maxLength) {
    return {
      problem: `The inputs and outputs of a single request would exceed ${mebibytes(maxLength)} as text.`,
      isFinal: true,
    };
  }
  const files = Object.fromEntries(texts);
  const named = (path: string) => (path in files ? path : null);
  return {
    files,
    manifest: {
      request: "sample/request.json",
      response: "sample/response.json",
      rawRequest: named("sample/raw-request.json"),
      finalResponse: named("sample/final-response.json"),
      provider,
      tolerances: Object.fromEntries(
        outputs.flatMap(({ name, datatype }) => {
          const tolerance = tolerances[datatype];
          return tolerance ? [[name, tolerance]] : [];
        }),
      ),
    },
  };
}

/** Kernels of other processors add up in another order; a wrong model is farther off than this. */
const tolerances: Partial<Record<TensorSpec["datatype"], Tolerance>> = {
  FP16: { absolute: 1e-2, relative: 1e-2 },
  FP32: { absolute: 1e-4, relative: 1e-3 },
  FP64: { absolute: 1e-8, relative: 1e-6 },
};
