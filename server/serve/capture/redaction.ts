import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { featuresOfPipeline, inputNames, type Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import type { CaptureRules } from "./contract.ts";

/** Storage of a tensor: unchanged, as its digest, or only its name, type and shape. */
export type Keeping = "whole" | "digest" | "nothing";

/** Storage rules for each tensor of a version's requests. */
export interface Redaction {
  /** Inputs, of the model as well as of its pipeline. */
  input(name: string): Keeping;
  output(name: string): Keeping;
  /** Returns the error message without parts that may quote an input. */
  error(status: number, message: string): string;
}

interface Version {
  signature: Pick<Signature, "inputs">;
  pipeline?: { definition: Pipeline } | undefined;
}

const withheld = "Error message not stored because it may quote a redacted input.";

/**
 * A pipeline's output for a redacted input reveals that input, and the other way around: when one side of the pipeline has a
 * redacted input, all inputs of the other side are redacted too. An input that the version does not know may be a misspelled
 * one, and is not stored when anything is redacted.
 * @param personal columns of looked-up features that are tagged "pii"
 */
export function redactionOf(
  { inputs, redact: named }: CaptureRules,
  { signature, pipeline }: Version,
  personal: ReadonlySet<string>,
): Redaction {
  const redact = [...named, ...personal];
  if (inputs === "whole" && redact.length === 0) return keepsAll;
  const sides = [signature.inputs.map(({ name }) => name), inputsOfPipeline(pipeline?.definition)];
  const [ofModel = [], ofPipeline = []] = sides;
  const isRedactedOnly = (here: string[], there: string[]) =>
    redact.some((name) => here.includes(name) && !there.includes(name));
  const [hidesModel, hidesPipeline] = [isRedactedOnly(ofModel, ofPipeline), isRedactedOnly(ofPipeline, ofModel)];
  return {
    input: (name) => {
      if (inputs === "digest" || redact.includes(name)) return "digest";
      if (ofModel.includes(name)) return hidesPipeline ? "digest" : "whole";
      if (ofPipeline.includes(name)) return hidesModel ? "digest" : "whole";
      return "nothing";
    },
    output: (name) => (redact.includes(name) ? "digest" : "whole"),
    // Refusals quote values and keys, and so does ONNX Runtime when a run fails.
    error: (status, message) => ([400, 422, 500].includes(status) ? withheld : message),
  };
}

const keepsAll: Redaction = { input: () => "whole", output: () => "whole", error: (_status, message) => message };

/** Returns what the steps take, and what features are looked up by. */
function inputsOfPipeline(definition: Pipeline | undefined): string[] {
  const [pinned] = featuresOfPipeline(definition);
  const asked = pinned
    ? [...pinned.keys.map(({ input }) => input), ...pinned.requestInputs.map(({ name }) => name)]
    : [];
  return [...new Set([...asked, ...(definition?.before ?? []).flatMap(inputNames)])];
}
