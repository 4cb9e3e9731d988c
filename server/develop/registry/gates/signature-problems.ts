import type { Signature, TensorSpec } from "../onnx/contract.ts";

/**
 * Lists the reasons why clients of one version could not use another one: requests that the gateway would reject, or outputs that
 * would be missing from the response. Empty when the other version accepts every request of the first and returns at least as much.
 *
 * Inputs may be widened: a fixed dimension may become open. The gateway rejects other names, types and numbers of dimensions, so
 * nothing else may change; today's requests would lack an additional input. Outputs may be narrowed and added: an open dimension
 * may become fixed. The classes of an output keep their order.
 * @param contract what clients rely on: the signature of the champion.
 */
export function signatureProblems(contract: Signature, candidate: Signature): string[] {
  return [
    ...contract.inputs.flatMap((input) => inputProblems(input, find(candidate.inputs, input.name))),
    ...candidate.inputs
      .filter(({ name }) => !find(contract.inputs, name))
      .map(({ name }) => `New input "${name}": existing clients do not send it.`),
    ...tiedProblems(contract.inputs, candidate.inputs),
    ...contract.outputs.flatMap((output) => outputProblems(output, find(candidate.outputs, output.name))),
    ...labelProblems(contract.labels, candidate.labels),
  ];
}

function find(specs: TensorSpec[], name: string): TensorSpec | undefined {
  return specs.find((spec) => spec.name === name);
}

function inputProblems(contract: TensorSpec, candidate: TensorSpec | undefined): string[] {
  const what = `Input "${contract.name}"`;
  if (!candidate) return [`${what} was removed: requests that send it are rejected.`];
  const fits = (dimension: number | string, axis: number) =>
    typeof dimension === "string" || dimension === contract.shape[axis];
  return [...kindProblems(what, contract, candidate), ...shapeProblems(what, contract, candidate, fits)];
}

function outputProblems(contract: TensorSpec, candidate: TensorSpec | undefined): string[] {
  const what = `Output "${contract.name}"`;
  if (!candidate) return [`${what} was removed.`];
  const fits = (dimension: number | string, axis: number) =>
    typeof contract.shape[axis] === "string" || dimension === contract.shape[axis];
  return [...kindProblems(what, contract, candidate), ...shapeProblems(what, contract, candidate, fits)];
}

function kindProblems(what: string, contract: TensorSpec, candidate: TensorSpec): string[] {
  if (contract.datatype === candidate.datatype) return [];
  return [`${what} changed from ${contract.datatype} to ${candidate.datatype}.`];
}

function shapeProblems(
  what: string,
  contract: TensorSpec,
  candidate: TensorSpec,
  fits: (dimension: number | string, axis: number) => boolean,
): string[] {
  const isSame = contract.shape.length === candidate.shape.length && candidate.shape.every(fits);
  return isSame ? [] : [`${what} has shape ${shown(candidate)}, was ${shown(contract)}.`];
}

/** Dimensions that carry one name must be equal in a request, so a name may not tie together what was free. */
function tiedProblems(contract: TensorSpec[], candidate: TensorSpec[]): string[] {
  const indices = new Map<string, Set<number | string>>();
  for (const { name, shape } of candidate) {
    const before = find(contract, name)?.shape;
    if (before?.length !== shape.length) continue;
    for (const [axis, dimension] of shape.entries()) {
      if (typeof dimension !== "string" || dimension === "") continue;
      const tied = indices.get(dimension) ?? new Set();
      indices.set(dimension, tied.add(before[axis] as number | string));
    }
  }
  return [...indices]
    .filter(([, before]) => before.size > 1)
    .map(([name]) => `Dimension ${name} must now be equal everywhere.`);
}

function labelProblems(contract: string[] | undefined, candidate: string[] | undefined): string[] {
  if (!contract) return [];
  if (!candidate) return ["Class names are missing."];
  const at = contract.findIndex((label, index) => candidate[index] !== label);
  return at < 0 ? [] : [`Class ${at} is "${candidate[at] ?? "missing"}", was "${contract[at]}".`];
}

function shown({ shape }: TensorSpec): string {
  return `[${shape.join(", ")}]`;
}
