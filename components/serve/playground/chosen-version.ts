import type { ExecutionProvider } from "#server/develop/registry/execution/contract.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Side } from "#server/serve/playground/contract.ts";
import type { InputSpec } from "../tensors/elements.ts";

export interface PlaygroundVersion {
  versionId: string;
  version: number;
  aliases: string[];
  /** Why it cannot be run; undefined when it can. */
  problem?: string | undefined;
}

/** A version that was chosen. */
export interface ChosenVersion extends PlaygroundVersion {
  /** `inputs` are those of the pipeline where the input goes through it. */
  signature: Pick<Signature, "labels" | "metadata"> & { inputs: InputSpec[] };
  /** Outputs to ask for, when the input goes through a pipeline. */
  outputs?: { name: string }[] | undefined;
  /** Wished provider; undefined is as configured. */
  provider?: ExecutionProvider | undefined;
  /** Why it cannot be asked what A is asked. */
  unfit?: string | undefined;
}

/** The version as a run asks it. */
export function sideOf({ versionId, version, outputs, provider }: ChosenVersion): Side {
  return { versionId, version, ...(outputs && { outputs }), ...(provider && { provider }) };
}

/** The version as its column is headed. */
export function labelled({ version, aliases, signature }: ChosenVersion) {
  return { version, aliases, labels: signature.labels };
}
