import type { FeatureType, StoreValue, ViewVersion } from "#server/develop/features/contract.ts";
import type { DefinedView } from "#server/develop/features/definitions/definitions.ts";
import { atLookUp, featuresOf, slotsOf } from "#server/develop/features/definitions/view-features.ts";
import { decodeEntityKey } from "#server/develop/features/rows/entity-key.ts";
import { converterOf } from "#server/develop/features/values/convert-value.ts";
import type { ServedView } from "#server/serve/features/contract.ts";
import type { ViewSkewTally } from "./contract.ts";
import { VerdictCounts } from "./count-verdicts.ts";
import { type ComparedFeature, type HistoryRow, judgeServedValue } from "./judge-value.ts";
import { computeOwn, ownExpressions } from "./own-expressions.ts";
import type { AskedLookUp, FoundRows, RecomputedHistory } from "./recompute-look-ups.ts";
import type { ServedPrediction } from "./served-pages.ts";

/** With what look-ups are compared, and which of them. */
export interface Compared {
  view: DefinedView;
  history: RecomputedHistory;
  /** Whether late rows had time to arrive. */
  isTrueWanted: boolean;
  /** Whether look-ups of a key are compared: not of those that were removed since, nor of more keys than there is time for. */
  isChosen: (key: Buffer, servedAt: number) => boolean;
}

/** A look-up of one key as it was served: position `row` of what a prediction got from the view. */
interface ServedLookUp extends AskedLookUp {
  endpointId: string;
  served: ServedView;
  row: number;
}

const batchLookUps = 5_000;
const batchCells = 250_000;

/** Compares what predictions got from a view with its history, batch by batch. */
export async function comparePredictions(
  pages: AsyncIterable<readonly ServedPrediction[]>,
  compared: Compared,
): Promise<{ tallies: ViewSkewTally[]; lookUps: number }> {
  const { view } = compared;
  const counts = new VerdictCounts();
  let lookUps = 0;
  const compareAll = async (batch: readonly ServedLookUp[]) => {
    for (const [version, same] of Map.groupBy(batch, ({ served }) => served.version)) {
      await compareBatch(compared, view.versions.get(version) as ViewVersion, same, counts);
    }
    lookUps += batch.length;
  };
  for await (const page of pages) {
    for (const batch of batchesOf(page.flatMap((prediction) => lookUpsOf(prediction, compared))))
      await compareAll(batch);
  }
  return { tallies: counts.all(), lookUps };
}

function lookUpsOf({ endpointId, servedAt, views }: ServedPrediction, { view, isChosen }: Compared): ServedLookUp[] {
  // Under another number its rows had other keys, and are gone.
  const comparable = views.filter(({ number, version }) => number === view.number && view.versions.has(version));
  return comparable.flatMap((served) =>
    served.rows.flatMap(({ key: hex, eventAt, createdAt }, row): ServedLookUp[] => {
      const key = hex === null ? null : Buffer.from(hex, "hex");
      if (key !== null && !isChosen(key, servedAt)) return [];
      return [{ endpointId, served, row, key, servedAt, eventAt, createdAt }];
    }),
  );
}

function* batchesOf(lookUps: readonly ServedLookUp[]): Generator<ServedLookUp[]> {
  let batch: ServedLookUp[] = [];
  let cells = 0;
  for (const lookUp of lookUps) {
    batch.push(lookUp);
    cells += lookUp.served.features.length;
    if (batch.length < batchLookUps && cells < batchCells) continue;
    yield batch;
    batch = [];
    cells = 0;
  }
  if (batch.length > 0) yield batch;
}

async function compareBatch(
  { view, history, isTrueWanted }: Compared,
  version: ViewVersion,
  lookUps: readonly ServedLookUp[],
  counts: VerdictCounts,
): Promise<void> {
  const named = new Set(lookUps.flatMap(({ served }) => served.features.map(({ name }) => name)));
  const own = ownExpressions(version).filter((name) => named.has(name));
  const stored = slotsOf(version).filter(({ name }) => own.length > 0 || named.has(name));
  const found = await history.find(lookUps, version, { features: stored.map(({ name }) => name), isTrueWanted });
  const expressions = await evaluateOwn(version, own, lookUps, found);
  const compared = new Map(comparedFeatures(view, version, new Set(own)).map((feature) => [feature.name, feature]));
  for (const [n, lookUp] of lookUps.entries()) {
    const recomputed = {
      ...(found[n] as FoundRows),
      servedAt: lookUp.servedAt,
      served: lookUp,
      ttlUs: view.ttlUs,
      isTtlNew: view.updatedAt.getTime() * 1000 > lookUp.servedAt,
    };
    for (const { name, values, statuses, sources, isRedacted } of lookUp.served.features) {
      const feature = compared.get(name);
      const [status, source] = [statuses[lookUp.row], sources[lookUp.row]];
      // What is redacted is not in the log.
      if (!feature || isRedacted || status === undefined || source === undefined) continue;
      const value = converterOf(feature.type)(values[lookUp.row]);
      const withoutRow = expressions.withoutRow.get(lookUp)?.get(name) ?? null;
      const place = { endpointId: lookUp.endpointId, version: version.version, feature: name };
      for (const verdict of judgeServedValue(feature, { value, status, source, withoutRow }, recomputed)) {
        counts.add(place, verdict);
      }
    }
  }
}

/** Features that can be compared: what rows store, and expressions that read nothing else. */
function comparedFeatures(view: DefinedView, version: ViewVersion, own: ReadonlySet<string>): ComparedFeature[] {
  const atRequest = new Set(atLookUp(version.expressions).map(({ name }) => name));
  return featuresOf(version).flatMap(({ name, type }): ComparedFeature[] => {
    const isExpression = atRequest.has(name);
    if (isExpression && !own.has(name)) return [];
    const versions = [...view.versions.values()].filter((one) => isExpression || hasSlot(one, name, type));
    return [{ name, type, isExpression, versions: new Set(versions.map(({ version }) => version)) }];
  });
}

function hasSlot(version: ViewVersion, name: string, type: FeatureType): boolean {
  return slotsOf(version).some((slot) => slot.name === name && slot.type === type);
}

/**
 * Adds what expressions give for the rows that were found, and computes what they give without a row.
 * @returns the latter by look-up
 */
async function evaluateOwn(
  version: ViewVersion,
  wanted: readonly string[],
  lookUps: readonly ServedLookUp[],
  found: readonly FoundRows[],
): Promise<{ withoutRow: Map<ServedLookUp, Map<string, StoreValue>> }> {
  const withoutRow = new Map<ServedLookUp, Map<string, StoreValue>>();
  if (wanted.length === 0) return { withoutRow };
  const types = version.entities.map(({ type }) => type);
  const keyOf = ({ key }: ServedLookUp) => (key === null ? [] : decodeEntityKey(types, key));
  const keys = lookUps.map(keyOf);
  const empty = await computeOwn(
    version,
    wanted,
    keys.map((key) => ({ key, values: undefined })),
  );
  for (const [n, lookUp] of lookUps.entries()) {
    withoutRow.set(lookUp, new Map(wanted.map((name) => [name, empty.get(name)?.[n] ?? null])));
  }
  const rows = new Map<HistoryRow, number>();
  for (const [n, { known, truth, same }] of found.entries()) {
    for (const row of [...(known ?? []), truth, ...same]) if (row) rows.set(row, n);
  }
  const keyed = [...rows].map(([{ values }, n]) => ({ key: keys[n] ?? [], values }));
  const computed = await computeOwn(version, wanted, keyed);
  for (const [index, row] of [...rows.keys()].entries()) {
    for (const name of wanted) row.values.set(name, computed.get(name)?.[index] ?? null);
  }
  return { withoutRow };
}
