import type { LookUpStatus } from "#server/develop/features/contract.ts";
import type { InferRequest } from "../../protocol/infer-request.ts";
import type { ServedFeature, ServedFeatures, ServedRow, ServedView } from "../contract.ts";
import type { FilledFeature, FilledRequest, FilledView } from "./fill-request.ts";

/** From the least to the most serious. */
const bySeverity: readonly LookUpStatus[] = ["PRESENT", "NULL_VALUE", "OUTSIDE_MAX_AGE", "NOT_FOUND"];

/** Returns the greatest age of a row that was looked up, in milliseconds, rounded up; undefined if no row was found. */
export function lookedUpAgeMs({ views }: Pick<FilledRequest, "views">): number | undefined {
  const ages = views.flatMap((view) => {
    const age = ageOf(view);
    return age === undefined ? [] : [age];
  });
  return ages.length > 0 ? Math.max(...ages) : undefined;
}

function ageOf(view: FilledView): number | undefined {
  let most: number | undefined;
  for (const age of foundIn(view)?.ageUs ?? []) if (age !== null && !(age <= (most ?? -1))) most = age;
  return most === undefined ? undefined : Math.ceil(most / 1000);
}

/**
 * Describes what was looked up, for the response: by view the greatest age, the most serious status and the source of the rows, and which
 * columns were imputed or came with the request.
 */
export function lookUpSummary({ views }: FilledRequest): string {
  const summary: Record<string, object> = {};
  for (const view of views) {
    const looked = view.features.filter(({ decided }) => decided);
    const statuses = new Set(looked.flatMap(({ found }): readonly LookUpStatus[] => found?.statuses ?? ["NOT_FOUND"]));
    const sources = foundIn(view)?.sources ?? [undefined];
    const imputed = view.features.filter(({ decided }) => decided?.sources.includes("imputed"));
    const brought = view.features.filter(({ decided }) => !decided);
    summary[nameOf(view, views)] = {
      age_ms: ageOf(view) ?? null,
      status: bySeverity.findLast((status) => statuses.has(status)) ?? "NOT_FOUND",
      source: sources.includes(undefined) ? "late" : sources.includes("asked") ? "asked" : (sources[0] ?? "asked"),
      ...(imputed.length > 0 && { imputed: imputed.map(({ column }) => column) }),
      ...(brought.length > 0 && { request: brought.map(({ column }) => column) }),
    };
  }
  return JSON.stringify(summary);
}

/** A view that is looked up by two keys is told apart by them. */
function nameOf({ pinned }: FilledView, views: readonly FilledView[]): string {
  const isAlone = views.filter((other) => other.pinned.view === pinned.view).length === 1;
  return isAlone ? pinned.view : `${pinned.view}(${pinned.keyColumns.join(",")})`;
}

/** Returns which rows were found: another row may give another prediction, so cached ones belong to these. */
export function lookedUpRows({ views }: FilledRequest): unknown[] {
  return views.map((view) => {
    const found = foundIn(view);
    return found && [found.number, found.keys.map((key) => key?.toString("hex")), found.eventAt, found.createdAt];
  });
}

interface Limits {
  /** Whether the log keeps the values of an input. */
  keeps(name: string): boolean;
  maxBytes: number;
}

/**
 * Returns what a request got, for the prediction log. Values and keys that the log must not have are left out.
 * @returns null if nothing was found, or it takes more than the log may keep
 */
export function servedFeatures(filled: FilledRequest, { keeps, maxBytes }: Limits): ServedFeatures | null {
  const { request, servedAt, rows } = filled;
  const views = filled.views.flatMap((view) => servedView(view, request, rows, keeps) ?? []);
  if (views.length === 0) return null;
  const served = { servedAt, views };
  return JSON.stringify(served).length <= Math.max(maxBytes, minBytes) ? served : null;
}

/** What the log keeps of look-ups even if it keeps no large tensors. */
const minBytes = 16 * 2 ** 10;

function servedView(
  view: FilledView,
  request: InferRequest,
  rows: number,
  keeps: Limits["keeps"],
): ServedView | undefined {
  const found = foundIn(view);
  if (!found) return undefined;
  const { viewId, number, version } = found;
  const hidesKeys = view.keyInputs.some((name) => !keeps(name));
  const servedRows = Array.from({ length: rows }, (_, row): ServedRow => {
    const source = found.sources[row];
    return {
      key: hidesKeys ? null : (found.keys[row]?.toString("hex") ?? null),
      eventAt: found.eventAt[row] ?? null,
      createdAt: found.createdAt[row] ?? null,
      source: source ?? "asked",
      ...(source === undefined && { isLate: true }),
    };
  });
  const features = view.features.map((feature) => servedFeature(feature, request, rows, keeps));
  return { viewId, view: view.pinned.view, number, version, rows: servedRows, features };
}

function servedFeature(
  { column, feature, isPii, decided, found }: FilledFeature,
  { inputs }: InferRequest,
  rows: number,
  keeps: Limits["keeps"],
): ServedFeature {
  const isRedacted = isPii || !keeps(column);
  const sent = inputs.find(({ name }) => name === column)?.data;
  const brought = Array.isArray(sent) ? (sent.flat(2) as unknown[]) : [];
  const cells: readonly unknown[] = decided?.cells ?? brought;
  const statuses = found?.statuses ?? [];
  return {
    name: feature,
    values: Array.from({ length: rows }, (_, row) => {
      if (isRedacted) return null;
      // A null that passed is NaN or an empty text for the model.
      const isNull = decided?.sources[row] === "store" && (found?.values[row] ?? null) === null;
      return isNull ? null : (cells[row] ?? null);
    }),
    statuses: Array.from({ length: rows }, (_, row) => statuses[row] ?? (decided ? "NOT_FOUND" : "PRESENT")),
    sources: decided?.sources ?? new Array(rows).fill("request"),
    isRedacted,
  };
}

/** Returns the rows of a view; all its features have the same. */
function foundIn({ features }: FilledView) {
  return features.find(({ found }) => found)?.found?.view;
}
