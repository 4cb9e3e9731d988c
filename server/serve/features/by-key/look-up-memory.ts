import type { FoundFeature, PinnedAnswer } from "#server/develop/features/pinned/answer-pinned.ts";
import type { PinnedFeature, PinnedFeatures, PinnedView } from "#server/develop/features/pinned/contract.ts";
import type { FeatureConsumer, FeaturesByKey, KeyCells } from "./contract.ts";

interface Remembered {
  found: FoundFeature | undefined;
  servedAt: number;
}

const columnIds = new WeakMap<PinnedFeatures, ReadonlyMap<string, string>>();
const parts = new WeakMap<PinnedFeatures, Map<string, PinnedFeatures>>();
const maxParts = 100;

/**
 * Looks up features for one request. Steps of a cascade and copies for another version share it, so they get the same values: each feature
 * is looked up once.
 */
export class LookUpMemory {
  private readonly known = new Map<string, Remembered>();

  /**
   * Returns the wanted columns of pinned features.
   * @param cellsOf reads keys and request inputs; called if something is looked up @throws as FeaturesByKey.find
   */
  async find(
    from: FeaturesByKey,
    { withinMs, ...consumer }: FeatureConsumer & { withinMs: number },
    pinned: PinnedFeatures,
    wanted: ReadonlySet<string>,
    cellsOf: () => KeyCells,
  ): Promise<Pick<PinnedAnswer, "servedAt" | "columns">> {
    const ids = [...idsOf(pinned)].filter(([column]) => wanted.has(column));
    const open = ids.filter(([, id]) => !this.known.has(id));
    if (open.length > 0) {
      const part = partOf(
        pinned,
        open.map(([column]) => column),
      );
      const answer = await from.find(consumer, part, cellsOf(), withinMs);
      const servedAt = answer?.servedAt ?? Date.now() * 1000;
      for (const [column, id] of open) this.known.set(id, { found: answer?.columns.get(column), servedAt });
    }
    const columns = new Map<string, FoundFeature>();
    let servedAt = 0;
    for (const [column, id] of ids) {
      const one = this.known.get(id);
      servedAt = Math.max(servedAt, one?.servedAt ?? 0);
      if (one?.found) columns.set(column, one.found);
    }
    return { servedAt, columns };
  }
}

/** Returns what decides on the value of each column, computed once. */
function idsOf(pinned: PinnedFeatures): ReadonlyMap<string, string> {
  const known = columnIds.get(pinned);
  if (known) return known;
  const made = new Map(
    pinned.views.flatMap((view) =>
      view.features.map((feature) => [feature.column, idOf(pinned, view, feature)] as const),
    ),
  );
  columnIds.set(pinned, made);
  return made;
}

/** What decides on the value of a feature, besides the request. */
function idOf({ keys }: PinnedFeatures, { view, digest, keyColumns }: PinnedView, one: PinnedFeature): string {
  // Expressions may also read by keys of other views.
  const by = one.isComputed ? keys : keys.filter(({ column }) => keyColumns.includes(column));
  return JSON.stringify([view, digest, one.feature, by.map(({ column, input }) => [column, input])]);
}

/** Returns pinned features with some of their columns; the same object each time, since plans of look-ups are kept for it. */
function partOf(pinned: PinnedFeatures, columns: readonly string[]): PinnedFeatures {
  const all = pinned.views.reduce((sum, { features }) => sum + features.length, 0);
  if (columns.length === all) return pinned;
  const known = parts.get(pinned) ?? new Map<string, PinnedFeatures>();
  parts.set(pinned, known);
  const id = JSON.stringify(columns);
  const part = known.get(id) ?? {
    ...pinned,
    views: pinned.views.flatMap((view) => {
      const features = view.features.filter(({ column }) => columns.includes(column));
      return features.length > 0 ? [{ ...view, features }] : [];
    }),
  };
  if (known.size >= maxParts) known.clear();
  known.set(id, part);
  return part;
}
