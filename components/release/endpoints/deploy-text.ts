import { versionLabel } from "#components/serve/endpoints/version-label.ts";
import { formatPercent, formatUnit, nbsp, plural } from "#components/ui/format.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { TrafficTotal } from "#server/serve/series/contract.ts";

export interface VersionChoice {
  modelName: string;
  version: number;
  aliases: string[];
  /** Null until the file was opened. */
  signature: Pick<Signature, "inputs" | "outputs"> | null;
  /** Reason why it cannot be served; undefined if it can. */
  problem?: string | undefined;
  /** Whether it has no ONNX file, so that only another server can run it. */
  needsEngine?: boolean;
  /** Warnings and rejections by the workspace's security policy, in sentences. */
  concerns?: string[];
}

/** Describes in one sentence whether clients of `before` can call `after` unchanged; undefined if the signatures are unknown. */
export function compatibility(before: VersionChoice | undefined, after: VersionChoice): string | undefined {
  if (!before?.signature || !after.signature) return undefined;
  const inputs = differences(before.signature.inputs, after.signature.inputs);
  const outputs = differences(before.signature.outputs, after.signature.outputs);
  if (inputs.length + outputs.length === 0) return `Inputs and outputs are the same as in v${before.version}.`;
  const parts = [
    inputs.length > 0 ? `${plural(inputs.length, "input")} (${inputs.join(", ")})` : undefined,
    outputs.length > 0 ? `${plural(outputs.length, "output")} (${outputs.join(", ")})` : undefined,
  ].filter((part) => part !== undefined);
  return `Breaking change for callers: ${parts.join(" and ")} differ from v${before.version}.`;
}

type Specs = Signature["inputs"];

function differences(before: Specs, after: Specs): string[] {
  const names = new Set([...before, ...after].map((spec) => spec.name));
  return [...names].filter((name) => shapeOf(before, name) !== shapeOf(after, name));
}

/** Returns whether a request that is valid for one is valid for the other. */
export function sameShapes(before: Specs, after: Specs): boolean {
  return differences(before, after).length === 0;
}

/** Returns type and fixed sizes; the name of a symbolic dimension is irrelevant to clients. */
function shapeOf(specs: Specs, name: string): string | undefined {
  const spec = specs.find((each) => each.name === name);
  return spec && `${spec.datatype} ${spec.shape.map((size) => (typeof size === "number" ? size : "*")).join(" ")}`;
}

interface Change {
  endpoint: string;
  before: { modelName: string; version: number } | undefined;
  after: { modelName: string; version: number };
}

/** Describes the effects of a deployment and how to undo it, for the dialog that asks for a reason. */
export function deployConsequences({ endpoint, before, after }: Change): { label: string; value: string }[] {
  const [old, next] = [before && versionLabel(before, after), versionLabel(after, before)];
  if (!old) {
    return [
      { label: "Traffic", value: `${endpoint} serves ${next} as soon as a gateway has loaded it` },
      { label: "Callers", value: "need a token with the infer scope" },
      { label: "Undo", value: "deploy another version, or archive the endpoint" },
    ];
  }
  return [
    { label: "Traffic", value: `all traffic moves from ${old} to ${next} within about 1${nbsp}s after loading` },
    { label: "Until then", value: `${old} keeps serving until every gateway has loaded ${next}; no request fails` },
    { label: "In-flight requests", value: `are completed on ${old}` },
    { label: "Undo", value: `roll back to ${old} on this page` },
  ];
}

type Measured = Pick<TrafficTotal, "requests" | "serverErrors" | "latencyMsP95">;

/** Compares measurements of the current version and the previous one, as evidence for or against a rollback. */
export function rollbackEvidence(
  range: string,
  current: { name: string; total: Measured | undefined },
  previous: { name: string; total: Measured | undefined },
): string {
  const now = measured(current.total);
  if (!now) return `${current.name} had no requests in the ${range}.`;
  const then = measured(previous.total);
  return `${current.name}: ${now} in the ${range}${then ? `; ${previous.name}: ${then}` : ""}.`;
}

function measured(total: Measured | undefined): string | undefined {
  if (!total || total.requests === 0) return undefined;
  return `${formatPercent(total.serverErrors / total.requests)} errors, p95 ${formatUnit(total.latencyMsP95, "ms")}`;
}
