import type { ExecutionProvider } from "#server/develop/registry/execution/contract.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Side } from "#server/serve/playground/contract.ts";
import type { InputSpec } from "../tensors/elements.ts";

export interface PlaygroundVersion {
  versionId: string;
  version: number;
  aliases: string[];
  /** Reason why it cannot be run; undefined if it can. */
  problem?: string | undefined;
}

/** A version that was chosen. */
export interface ChosenVersion extends PlaygroundVersion {
  /** Signature, with the `inputs` of the pipeline if the input goes through it. */
  signature: Pick<Signature, "labels" | "metadata"> & { inputs: InputSpec[] };
  /** Outputs to request if the input goes through a pipeline. */
  outputs?: { name: string }[] | undefined;
  /** Requested provider; undefined uses the configured one. */
  provider?: ExecutionProvider | undefined;
  /** Reason why it cannot run the same request as A. */
  unfit?: string | undefined;
}

/** Converts the version to a side of a run request. */
export function sideOf({ versionId, version, outputs, provider }: ChosenVersion): Side {
  return { versionId, version, ...(outputs && { outputs }), ...(provider && { provider }) };
}

/** Returns the version's data for the header of its column. */
export function labelled({ version, aliases, signature }: ChosenVersion) {
  return { version, aliases, labels: signature.labels };
}
