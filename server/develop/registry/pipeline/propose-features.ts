import { DomainError } from "#server/base/errors.ts";
import type { FeatureType } from "#server/develop/features/contract.ts";
import type { Definitions } from "#server/develop/features/definitions/definitions.ts";
import { featuresOf } from "#server/develop/features/definitions/view-features.ts";
import { planLookUp } from "#server/develop/features/look-up/plan-look-up.ts";
import type { TensorSpec } from "../onnx/contract.ts";
import type { ProposedFeatures } from "./contract.ts";
import type { ColumnsPart } from "./definition.ts";
import { canTake, isOnePerRow } from "./plan-features.ts";

/** Number of services and views for which parts are proposed. */
const maxProposed = 50;
/** Number of columns for an input that takes any. */
const maxColumns = 20;

type Source = { service: string } | { view: string };

interface SourceFeature {
  reference: string;
  /** Its name, or the full one if another feature has the same. */
  column: string;
  type: FeatureType;
  keys: readonly string[];
}

/**
 * Proposes parts of a pipeline that look up features by key: of each service, then of each view, that has features for inputs of the model by
 * name, or else for a matrix of the model. All settings are there, with their defaults.
 */
export function proposeFeatures(definitions: Definitions, inputs: readonly TensorSpec[]): ProposedFeatures[] {
  const sources: Source[] = [
    ...[...definitions.services.keys()].toSorted().map((service) => ({ service })),
    ...[...definitions.views.keys()].toSorted().map((view) => ({ view })),
  ];
  return sources.flatMap((source) => propose(definitions, source, inputs) ?? []).slice(0, maxProposed);
}

function propose(
  definitions: Definitions,
  source: Source,
  inputs: readonly TensorSpec[],
): ProposedFeatures | undefined {
  const found = featuresOfSource(definitions, source);
  const takes = ({ column, type }: SourceFeature) =>
    inputs.some((input) => input.name === column && isOnePerRow(input) && canTake(input.datatype, type));
  const own = found.filter(takes);
  const part = own.length > 0 ? undefined : columnsPart(found, inputs);
  const columns = part?.columns.map(({ name }) => name) ?? [];
  const taken = own.length > 0 ? own : found.filter(({ column }) => columns.includes(column));
  if (taken.length === 0) return undefined;
  const keys = new Set(taken.flatMap((feature) => feature.keys));
  const asked = "service" in source ? source : { features: taken.map(({ reference }) => reference) };
  return {
    source: "service" in source ? `Service ${source.service}` : `View ${source.view}`,
    before: [
      {
        kind: "features",
        ...asked,
        keys: Object.fromEntries([...keys].map((key) => [key, key])),
        policy: { stale: "reject", missing: "reject", unknown: "reject" },
        defaults: {},
        override: true,
        withinMs: 20,
      },
      ...(part ? [part] : []),
    ],
  };
}

/** Makes columns of features, for the first matrix of numbers that the model takes. */
function columnsPart(found: readonly SourceFeature[], inputs: readonly TensorSpec[]): ColumnsPart | undefined {
  const matrix = inputs.find(({ shape, datatype }) => shape.length === 2 && shape[1] !== 1 && datatype !== "BYTES");
  if (!matrix) return undefined;
  const width = matrix.shape[1];
  const datatype = matrix.datatype === "FP64" ? "FP64" : "FP32";
  const columns = found
    .filter(({ type }) => canTake(datatype, type))
    .slice(0, typeof width === "number" && width > 0 ? width : maxColumns)
    .map(({ column }) => ({ name: column, datatype }) as const);
  return columns.length > 0 ? { kind: "columns", columns, into: matrix.name, steps: [] } : undefined;
}

/** Returns the features of a service or a view; none if they cannot be looked up now. */
function featuresOfSource(definitions: Definitions, source: Source): SourceFeature[] {
  const view = "view" in source ? definitions.views.get(source.view) : undefined;
  const features = view && featuresOf(view.current).map(({ name }) => `${view.name}:${name}`);
  const service = "service" in source ? source.service : undefined;
  try {
    const { views, columns } = planLookUp(definitions, { service, features, fullNames: true });
    return columns.map(({ name, feature, type, view: place }) => {
      const isTwice = columns.filter((other) => other.feature === feature).length > 1;
      const planned = views[place];
      return {
        reference: `${planned?.view.name}:${feature}`,
        column: isTwice ? name : feature,
        type,
        keys: planned?.keyColumns ?? [],
      };
    });
  } catch (cause) {
    // A view of it is gone or offline.
    if (cause instanceof DomainError) return [];
    throw cause;
  }
}
