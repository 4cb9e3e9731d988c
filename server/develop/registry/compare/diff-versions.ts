import { signatureProblems } from "../gates/signature-problems.ts";
import type { TensorSpec } from "../onnx/contract.ts";
import type { ModelVersion } from "../versions/contract.ts";
import type { NumberPair, TextPair, VersionComparison } from "./contract.ts";

/** Properties of a version that are compared. */
export interface ComparedVersion {
  version: Pick<
    ModelVersion,
    | "modelName"
    | "version"
    | "description"
    | "source"
    | "sizeBytes"
    | "sha256"
    | "signature"
    | "graph"
    | "packages"
    | "pipelineDigest"
    | "tags"
  >;
  metrics: ReadonlyMap<string, number>;
  params: ReadonlyMap<string, string>;
}

/** Compares two versions of one model field by field. */
export function diffVersions(a: ComparedVersion, b: ComparedVersion): VersionComparison {
  const [left, right] = [a.version, b.version];
  return {
    modelName: left.modelName,
    a: left.version,
    b: right.version,
    problems: left.signature && right.signature ? signatureProblems(left.signature, right.signature) : null,
    signature: textPairs(valuesOf(left), valuesOf(right)),
    format: textPairs(formatOf(left), formatOf(right)),
    operators: numberPairs(operatorsOf(left), operatorsOf(right), {
      a: left.graph ? 0 : null,
      b: right.graph ? 0 : null,
    }),
    parameterCount: {
      name: "Parameters",
      a: left.graph?.parameterCount ?? null,
      b: right.graph?.parameterCount ?? null,
    },
    sizeBytes: { name: "Size", a: left.sizeBytes, b: right.sizeBytes },
    metadata: textPairs(metadataOf(left), metadataOf(right)),
    metrics: numberPairs(a.metrics, b.metrics),
    params: textPairs(a.params, b.params),
  };
}

type Version = ComparedVersion["version"];
type Texts = ReadonlyMap<string, string>;

function valuesOf({ signature }: Version): Texts {
  const words = ({ datatype, shape }: TensorSpec) => `${datatype} [${shape.join(", ")}]`;
  return new Map([
    ...(signature?.inputs ?? []).map((spec): [string, string] => [`Input ${spec.name}`, words(spec)]),
    ...(signature?.outputs ?? []).map((spec): [string, string] => [`Output ${spec.name}`, words(spec)]),
    ...(signature?.labels ? [["Classes", signature.labels.join(", ")] as [string, string]] : []),
  ]);
}

function formatOf({ signature }: Version): Texts {
  if (!signature) return new Map();
  return new Map([
    ...Object.entries(signature.opsets).map(([domain, version]): [string, string] => [
      `Operator set ${domain || "ai.onnx"}`,
      String(version),
    ]),
    ["ONNX IR version", String(signature.irVersion)],
    ["Producer", signature.producer],
  ]);
}

function operatorsOf({ graph }: Version): ReadonlyMap<string, number> {
  return new Map(
    (graph?.operators ?? []).map(({ domain, name, count }) => [domain ? `${domain}:${name}` : name, count]),
  );
}

function metadataOf({ description, source, sha256, tags, signature, packages, pipelineDigest }: Version): Texts {
  const some = (name: string, value: string | null): [string, string][] => (value ? [[name, value]] : []);
  return new Map([
    ...some("Description", description),
    ...some("Source", source),
    ...some("SHA-256", sha256),
    ...some("Pipeline", pipelineDigest),
    ...some("Packages", packages?.join(", ") ?? null),
    ...tags.map(({ key, value }): [string, string] => [`Tag ${key}`, value]),
    ...Object.entries(signature?.metadata ?? {}).map(([key, value]): [string, string] => [`File ${key}`, value]),
  ]);
}

function namesOf(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort();
}

function textPairs(a: Texts, b: Texts): TextPair[] {
  return namesOf(a, b).map((name) => ({ name, a: a.get(name) ?? null, b: b.get(name) ?? null }));
}

type Numbers = ReadonlyMap<string, number>;

/** @param absent values of an unlisted number: an operator that a known graph lacks occurs 0 times in it. */
function numberPairs(a: Numbers, b: Numbers, absent: Pick<NumberPair, "a" | "b"> = { a: null, b: null }): NumberPair[] {
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  const of = (side: Numbers, name: string, otherwise: number | null) => {
    const value = side.get(name);
    return value === undefined ? otherwise : finite(value);
  };
  return namesOf(a, b).map((name) => ({ name, a: of(a, name, absent.a), b: of(b, name, absent.b) }));
}
