import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { planPipeline } from "#server/develop/registry/pipeline/plan.ts";
import type { ServedPipeline } from "../versions/served-model.ts";

/** A version as its callers see it. */
export interface SeenVersion {
  signature: Signature;
  pipeline?: ServedPipeline | undefined;
}

/**
 * Lists why a version cannot replace another one for its requests, one sentence for each difference: names, datatypes
 * and shapes of inputs and outputs, of the model and of its pipeline, and the names of the classes. Empty when it can.
 * @param first the version that callers know. @param next the version that is to replace it
 */
export function signatureDifferences(first: SeenVersion, next: SeenVersion): string[] {
  const [known, own] = [through(first), through(next)];
  return [
    ...listDifferences("input", first.signature.inputs, next.signature.inputs, "given"),
    ...listDifferences("output", first.signature.outputs, next.signature.outputs, "expected"),
    ...listDifferences("pipeline input", known.inputs, own.inputs, "given"),
    ...listDifferences("pipeline output", known.outputs, own.outputs, "expected"),
    ...labelDifferences(first.signature.labels, next.signature.labels),
  ];
}

function through({ signature, pipeline }: SeenVersion): { inputs: TensorSpec[]; outputs: TensorSpec[] } {
  if (!pipeline) return { inputs: [], outputs: [] };
  const { inputs, outputs } = planPipeline(pipeline.definition, signature);
  const isOwn = ({ name }: TensorSpec) => !signature.inputs.some((input) => input.name === name);
  return { inputs: inputs.filter(isOwn), outputs };
}

type Side = "given" | "expected";

function listDifferences(what: string, known: TensorSpec[], own: TensorSpec[], side: Side): string[] {
  const removed = known.filter(({ name }) => !own.some((spec) => spec.name === name));
  const added = own.filter(({ name }) => !known.some((spec) => spec.name === name));
  return [
    ...removed.map(({ name }) => `Missing ${what} "${name}".`),
    ...added.map(({ name }) => `Unexpected ${what} "${name}", not in the first version.`),
    ...own.flatMap((spec) => {
      const match = known.find(({ name }) => name === spec.name);
      return match ? specDifferences(what, match, spec, side) : [];
    }),
  ];
}

function specDifferences(what: string, known: TensorSpec, own: TensorSpec, side: Side): string[] {
  const name = `${what.charAt(0).toUpperCase()}${what.slice(1)} "${own.name}"`;
  if (known.datatype !== own.datatype) return [`${name} is ${own.datatype}; the first version has ${known.datatype}.`];
  // The given shape must fit into the accepted one: a free dimension takes any size, a fixed one only its own.
  const [narrow, wide] = side === "given" ? [known, own] : [own, known];
  const fits =
    narrow.shape.length === wide.shape.length &&
    wide.shape.every((dimension, axis) => typeof dimension === "string" || dimension === narrow.shape[axis]);
  if (fits) return [];
  return [`${name} has shape [${own.shape.join(", ")}]; the first version has [${known.shape.join(", ")}].`];
}

function labelDifferences(known: string[] | undefined, own: string[] | undefined): string[] {
  if (!known || !own) return [];
  if (known.length !== own.length)
    return [`It has ${own.length} class${own.length === 1 ? "" : "es"}; the first version has ${known.length}.`];
  const position = known.findIndex((label, index) => label !== own[index]);
  return position < 0 ? [] : [`Class ${position} is "${own[position]}"; the first version has "${known[position]}".`];
}
