import { FeatureError } from "#server/develop/features/feature-error.ts";
import type { FoundFeature } from "#server/develop/features/pinned/answer-pinned.ts";
import type { PinnedFeature, PinnedFeatures, PinnedView } from "#server/develop/features/pinned/contract.ts";
import type { Datatype, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { FeaturesPart } from "#server/develop/registry/pipeline/features-part.ts";
import { fitsDatatype } from "#server/develop/registry/pipeline/fits-datatype.ts";
import { InferenceFailure } from "../../pool/failure.ts";
import { bindRequest } from "../../protocol/bind-request.ts";
import type { InferRequest, InputPart } from "../../protocol/infer-request.ts";
import { refuse } from "../../protocol/refuse.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { agedFeature } from "./aged-feature.ts";
import type { FeatureConsumer, FeaturesByKey, KeyCells } from "./contract.ts";
import { type DecidedValues, decideValues, typicalCell } from "./decide-values.ts";
import type { LookUpMemory } from "./look-up-memory.ts";

/** A feature as a version gets it. */
export interface FilledFeature extends PinnedFeature {
  /** Undefined if the request brought it. */
  decided: DecidedValues | undefined;
  found: FoundFeature | undefined;
}

/** A view as a version gets it. */
export interface FilledView {
  pinned: PinnedView;
  /** Inputs that make up its key. */
  keyInputs: string[];
  features: FilledFeature[];
}

/** A request whose features were looked up. */
export interface FilledRequest {
  /** With the features as inputs. */
  request: InferRequest;
  rows: number;
  /** Time at which ages were judged, in microseconds since 1970. */
  servedAt: number;
  /** Views in which something was looked up. */
  views: FilledView[];
  /** Why the version's policy refuses the request; undefined if it does not. */
  refusal: Error | undefined;
}

interface LookUpWay extends FeatureConsumer {
  features: FeaturesByKey;
  memory: LookUpMemory;
  /** On the clock of performance.now(). */
  deadlineAt: number;
  /** Inputs of the pipeline once features are looked up, and those of clients. */
  plan: { inputs: readonly TensorSpec[]; content: readonly TensorSpec[] };
  /** Returns the typical value of a feature in the version's reference. */
  typical(column: string): number | string | undefined;
  /** Whether the request may bring features whatever the part says: a logged one that is run again. */
  mayBring?: boolean | undefined;
  /** View whose rows appear older than they are, for a fault made on purpose. */
  aged?: { view: string; byUs: number } | undefined;
}

/**
 * Looks up the features of a request by the keys in it, unless it brings them itself, and applies the policy of the version.
 * @throws FeatureError for a missing key and keys of another type; DomainError "invalid" for a feature that a request may not bring
 */
export async function fillRequest(request: InferRequest, part: FeaturesPart, way: LookUpWay): Promise<FilledRequest> {
  const { pinned, withinMs, override } = part;
  const none = { request, rows: 0, servedAt: 0, views: [], refusal: undefined };
  if (!pinned) return none;
  const { features, columns, needed: neededByAll, specs } = preparedFor(way.plan, pinned);
  const given = new Set<string>();
  let brought: string | undefined;
  for (const { name } of request.inputs) {
    given.add(name);
    if (columns.has(name)) brought ??= name;
  }
  if (brought !== undefined && !override && !way.mayBring) {
    refuse(`input '${brought}' is looked up by key and cannot be sent`);
  }
  const wanted = brought === undefined ? features : features.filter(({ column }) => !given.has(column));
  if (wanted.length === 0) return none;
  const wantedColumns = brought === undefined ? columns : new Set(wanted.map(({ column }) => column));
  const needed = brought === undefined ? neededByAll : neededInputs(pinned, wantedColumns);
  const missing = needed.find((name) => !given.has(name));
  if (missing !== undefined) {
    const names = wanted.map(({ column }) => `'${column}'`).slice(0, 10);
    throw new FeatureError("invalid", "key-missing", `input '${missing}' is missing; ${names.join(", ")} need it`);
  }
  const tensors = readInputs(request, way.plan.inputs, needed);
  const rows = tensors[0]?.shape[0] ?? request.inputs[0]?.shape[0] ?? 1;
  const limitMs = Math.max(1, Math.min(withinMs, way.deadlineAt - performance.now()));
  const answer = await way.memory.find(
    way.features,
    { workspaceId: way.workspaceId, endpointId: way.endpointId, withinMs: limitMs },
    pinned,
    wantedColumns,
    () => cellsOf(pinned, tensors, rows),
  );
  let refusal: Error | undefined;
  const views = pinned.views.map((view): FilledView => {
    const filled = view.features.map((feature): FilledFeature => {
      const { column } = feature;
      if (given.has(column)) return { ...feature, decided: undefined, found: undefined };
      const asFound = answer.columns.get(column);
      const found = asFound && way.aged?.view === view.view ? agedFeature(asFound, way.aged.byUs) : asFound;
      const datatype = specs.get(column)?.datatype ?? "FP64";
      const imputed = once(() => {
        const cell = part.defaults[column] ?? typicalCell(way.typical(column), datatype);
        return cell !== undefined && fitsDatatype(cell, datatype) ? cell : undefined;
      });
      const decided = decideValues(found, rows, { policy: part.policy, datatype, imputed });
      refusal ??= refusalOf(view, feature, datatype, decided);
      return { ...feature, decided, found };
    });
    const keyInputs = pinned.keys.flatMap(({ column, input }) => (view.keyColumns.includes(column) ? [input] : []));
    return { pinned: view, keyInputs, features: filled };
  });
  const looked = views.filter(({ features }) => features.some(({ decided }) => decided));
  const filledParts = looked.flatMap(({ features }) =>
    features.flatMap(({ column, decided }) =>
      decided ? [inputOf(specs.get(column) ?? { name: column, datatype: "FP64", shape: [] }, rows, decided)] : [],
    ),
  );
  const filled = { ...request, inputs: [...request.inputs, ...filledParts] };
  return { request: filled, rows, servedAt: answer.servedAt, views: looked, refusal };
}

/** What is the same for all requests of a version. */
interface Prepared {
  features: readonly PinnedFeature[];
  columns: ReadonlySet<string>;
  /** Inputs that the look-up of all columns needs. */
  needed: readonly string[];
  specs: ReadonlyMap<string, TensorSpec>;
}

const prepared = new WeakMap<LookUpWay["plan"], Prepared>();

function preparedFor(plan: LookUpWay["plan"], pinned: PinnedFeatures): Prepared {
  const known = prepared.get(plan);
  if (known) return known;
  const features = pinned.views.flatMap((view) => view.features);
  const columns = new Set(features.map(({ column }) => column));
  const specs = new Map(plan.content.map((spec) => [spec.name, spec]));
  const made = { features, columns, needed: neededInputs(pinned, columns), specs };
  prepared.set(plan, made);
  return made;
}

/** Returns a function that computes a value when it is first asked for: a typical value is found by sorting a profile. */
function once<Value>(compute: () => Value): () => Value {
  let computed: { value: Value } | undefined;
  return () => {
    computed ??= { value: compute() };
    return computed.value;
  };
}

/** Returns the names of the inputs that the look-up of some columns needs. */
function neededInputs({ keys, requestInputs, views }: PinnedFeatures, wanted: ReadonlySet<string>): string[] {
  const used = views.filter(({ features }) => features.some(({ column }) => wanted.has(column)));
  const computes = used.some(({ features }) => features.some((one) => one.isComputed && wanted.has(one.column)));
  // Expressions may read other views, by keys of their own.
  const columns = new Set(computes ? keys.map(({ column }) => column) : used.flatMap(({ keyColumns }) => keyColumns));
  const names = keys.flatMap(({ column, input }) => (columns.has(column) ? [input] : []));
  return [...new Set([...names, ...(computes ? requestInputs.map(({ name }) => name) : [])])];
}

/** Reads some inputs of a request. @throws DomainError "invalid" as bindRequest() */
function readInputs(request: InferRequest, specs: readonly TensorSpec[], names: readonly string[]): Tensor[] {
  const parts: InputPart[] = [];
  const tails: Buffer[] = [];
  let offset = 0;
  for (const part of request.inputs) {
    const start = offset;
    offset += part.binarySize ?? 0;
    if (!names.includes(part.name)) continue;
    const isColumn = part.shape.length === 2 && part.shape[1] === 1;
    parts.push(isColumn ? { ...part, shape: part.shape.slice(0, 1) } : part);
    if (part.binarySize !== undefined) tails.push(request.tail.subarray(start, offset));
  }
  const inputs = specs.filter(({ name }) => names.includes(name));
  const asked = { ...request, inputs: parts, outputs: undefined, tail: Buffer.concat(tails) };
  const bound = bindRequest(asked, { inputs, outputs: [] });
  return names.flatMap((name) => bound.tensors.find((tensor) => tensor.name === name) ?? []);
}

/** Returns the cells of keys and request inputs. Each look-up has at least one column, whose length is the number of rows. */
function cellsOf({ keys, requestInputs }: PinnedFeatures, tensors: readonly Tensor[], rows: number): KeyCells {
  const cells: Record<string, readonly unknown[]> = { "": new Array(rows).fill(null) };
  const find = (name: string) => tensors.find((tensor) => tensor.name === name);
  for (const { column, input } of keys) {
    const tensor = find(input);
    if (tensor) cells[column] = elementsOf(tensor);
  }
  for (const { name } of requestInputs) {
    const tensor = find(name);
    if (tensor) cells[name] = elementsOf(tensor);
  }
  return cells;
}

function elementsOf({ datatype, data }: Tensor): readonly unknown[] {
  const elements = Array.from<number | bigint | string>(data);
  if (datatype === "BOOL") return elements.map((element) => element === 1);
  return elements;
}

/** A column is [rows]; the model's own input may be [rows, 1]. */
function inputOf({ name, datatype, shape }: TensorSpec, rows: number, { cells }: DecidedValues): InputPart {
  return { name, datatype, shape: shape.length === 2 ? [rows, 1] : [rows], data: cells, binarySize: undefined };
}

function refusalOf(
  { view }: PinnedView,
  { column }: PinnedFeature,
  datatype: Datatype,
  { refused }: DecidedValues,
): Error | undefined {
  if (!refused) return undefined;
  const { lack, row, hasNoDefault } = refused;
  const where = `'${column}' of feature view '${view}', row ${row}`;
  const imputation = hasNoDefault ? ", and there is neither a default nor a reference" : "";
  if (lack === "unknown") {
    return new FeatureError("invalid", "key-unknown", `${where}: the key was never written${imputation}`);
  }
  const why = {
    stale: "the value is older than the limit of the view",
    missing: "there is no value",
    misfit: `the value does not fit ${datatype}`,
  }[lack];
  const reason = lack === "stale" ? "features_stale" : "features_missing";
  return new InferenceFailure(reason, `${where}: ${why}${imputation}`);
}
