import type { ExecutionProvider, ServingProvider } from "../../develop/registry/execution/contract.ts";
import { openPassage, type Passage } from "../pipeline/passage.ts";
import type { PipelineThreads } from "../pipeline/pipeline-threads.ts";
import type { OpenedModel } from "../pool/open-model.ts";
import { halvesAsBytes } from "../protocol/halves.ts";
import type { InputPart } from "../protocol/infer-request.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ServedModel } from "../versions/served-model.ts";
import { fillForRun, type RunFeatures } from "./fill-for-run.ts";

/** A loaded version for many runs in a row, as an explanation needs. */
export interface LeasedVersion extends ServingProvider {
  model: ServedModel;
  /** Reads inputs as a request has them, looks up features that are missing, and runs what the pipeline has before the model. @throws as openPassage */
  open(inputs: InputPart[], outputs: readonly string[] | undefined): Promise<Passage>;
  /** Runs tensors as the model takes them; their data move away. @throws as ModelPool.run */
  run(tensors: Tensor[], outputs: string[]): Promise<Tensor[]>;
}

/** Requested version and its providers. */
export interface WantedVersion {
  versionId: string;
  /** In order of preference; empty leaves the choice to the configuration. */
  providers: readonly ExecutionProvider[];
  /** Milliseconds that one run may take; a minute when it is left out. */
  limitMs?: number;
}

/** Creates the lease of a loaded version. @param limitMs maximum duration of one run, its pipeline included */
export function leasedVersion(
  model: ServedModel,
  { pool, provider, fallbacks }: OpenedModel,
  { features, ...pipelines }: { threads: PipelineThreads; tenant: string; features: RunFeatures },
  limitMs: number,
): LeasedVersion {
  const deadline = () => performance.now() + limitMs;
  return {
    model,
    provider,
    fallbacks,
    open: async (inputs, outputs) => {
      const wanted = outputs?.map((name) => ({ name, isBinary: true }));
      const rest = { id: undefined, timeoutMs: undefined, priority: 0, wantsBinary: true };
      const request = { ...rest, ...halvesAsBytes(inputs, Buffer.alloc(0)), outputs: wanted };
      const filled = await fillForRun(features, model, request, deadline());
      return openPassage(filled?.request ?? request, model, { ...pipelines, deadlineAt: deadline() });
    },
    run: async (tensors, outputs) => (await pool.run({ tensors, outputs, deadlineAt: deadline() })).tensors,
  };
}
