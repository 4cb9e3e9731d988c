import type { Context } from "#server/base/context.ts";
import type { FeatureHistory } from "../evaluate/evaluate-feature.ts";
import { type EarlyWindow, earliestWindows, type WindowKey } from "./window-rows.ts";

/** Dispersion is measured from the first so many windows under a reference: they lie closest to it. */
const maxWindows = 30;
/** Maximum shift of a feature in an ordinary window: about a third of a standard deviation. */
const maxNet = 0.1;
const maxStored = 256;

/**
 * Variation of ordinary windows (docs/spec/drift.md section 6.8): counts of the first thirty windows of a version under its reference.
 * Once all thirty are present they never change, and are cached in memory.
 */
export class OrdinaryHistory {
  private readonly histories = new Map<string, ReadonlyMap<string, FeatureHistory>>();

  /** @param names features in the order of the profile @param before start of the evaluated window */
  async read(
    ctx: Context,
    { key, profileId, names, before }: { key: WindowKey; profileId: string; names: readonly string[]; before: Date },
  ): Promise<ReadonlyMap<string, FeatureHistory>> {
    const id = [key.endpointId, key.versionId, key.segment, key.length, profileId].join(" ");
    const known = this.histories.get(id);
    if (known) return known;
    const windows = await earliestWindows(ctx, { key, profileId, before, most: maxWindows });
    const history = historyOf(names, windows);
    if (windows.length < maxWindows) return history;
    for (const oldest of this.histories.keys()) {
      if (this.histories.size < maxStored) break;
      this.histories.delete(oldest);
    }
    this.histories.set(id, history);
    return history;
  }
}

/** Counts by feature, of the windows in which it was close to the reference. */
function historyOf(names: readonly string[], windows: readonly EarlyWindow[]): ReadonlyMap<string, FeatureHistory> {
  return new Map(
    names.map((name, index) => {
      const ordinary = windows.filter(({ psiNet }) => (psiNet[index] ?? Number.POSITIVE_INFINITY) <= maxNet);
      return [name, { counts: ordinary.map(({ counts }) => counts[index] ?? []), correlation: null }];
    }),
  );
}
