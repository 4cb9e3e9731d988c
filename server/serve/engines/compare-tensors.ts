import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";

/** A tensor as the metadata of an engine tell it; -1 is a free dimension. */
interface RemoteTensor {
  name: string;
  datatype: string;
  shape: number[];
}

/** Model tensors as an engine describes them; empty lists when it does not. */
export interface RemoteTensors {
  inputs: RemoteTensor[];
  outputs: RemoteTensor[];
}

/**
 * Lists the differences between a version and an engine's model that prevent it from serving: names, datatypes and shapes, in sentences.
 * None for an engine that does not describe its tensors. Outputs that the version does not have are never requested.
 */
export function differences(signature: Pick<Signature, "inputs" | "outputs">, remote: RemoteTensors): string[] {
  const extra = remote.inputs.filter(({ name }) => !signature.inputs.some((spec) => spec.name === name));
  return [
    ...(remote.inputs.length > 0 ? signature.inputs.flatMap((spec) => compare("input", spec, remote.inputs)) : []),
    ...extra.map(({ name }) => `The engine requires input '${name}', which the version does not have.`),
    ...(remote.outputs.length > 0 ? signature.outputs.flatMap((spec) => compare("output", spec, remote.outputs)) : []),
  ];
}

function compare(kind: string, spec: TensorSpec, all: RemoteTensor[]): string[] {
  const remote = all.find(({ name }) => name === spec.name);
  if (!remote) {
    const names = all.map(({ name }) => `'${name}'`).join(", ");
    return [`The engine has no ${kind} '${spec.name}'. Available: ${names}.`];
  }
  if (remote.datatype !== spec.datatype) {
    return [`The ${kind} '${spec.name}' is ${spec.datatype} in the version but ${remote.datatype} on the engine.`];
  }
  if (fitsShape(spec.shape, remote.shape)) return [];
  return [
    `The ${kind} '${spec.name}' has shape ${shown(spec.shape)} in the version but ${shown(remote.shape)} on the engine.`,
  ];
}

/**
 * Whether what fits one shape fits the other: sizes that both fix are equal, and nothing is fixed that the version leaves free.
 * A last dimension of 1 more or less is the same numbers; MLServer adds it to a list of them.
 */
function fitsShape(spec: TensorSpec["shape"], remote: readonly number[]): boolean {
  const [own, other] = withoutLastOne(spec, remote);
  return (
    own.length === other.length &&
    own.every((size, axis) => other[axis] === -1 || (typeof size === "number" && size === other[axis]))
  );
}

function withoutLastOne(
  spec: TensorSpec["shape"],
  remote: readonly number[],
): [TensorSpec["shape"], readonly number[]] {
  if (spec.length === remote.length + 1 && spec.at(-1) === 1) return [spec.slice(0, -1), remote];
  if (remote.length === spec.length + 1 && remote.at(-1) === 1) return [spec, remote.slice(0, -1)];
  return [spec, remote];
}

function shown(shape: readonly (number | string)[]): string {
  return `[${shape.map((size) => (typeof size === "string" ? -1 : size)).join(",")}]`;
}
