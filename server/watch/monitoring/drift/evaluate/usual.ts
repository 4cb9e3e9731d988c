import { fitSeasons, type Seasons } from "#server/stats/drift/seasons/fit-seasons.ts";
import { fitShareSeasons, type ShareSeasons } from "#server/stats/drift/seasons/share-seasons.ts";
import type { TimedCounts } from "#server/stats/drift/seasons/week-effects.ts";

/** What is stored of a feature in an earlier window. */
export interface EarlierWindow {
  /** Start, in milliseconds since 1970. */
  at: number;
  /** Counts by decision bin or level, as in the verdict. */
  counts: readonly number[];
  /** Usable values. */
  rows: number;
  /** Shares of rows without a usable value, of unseen levels and of values out of range; null without such a test. */
  missing: number | null;
  unseen: number | null;
  outside: number | null;
  /** Whether it was drift. */
  isDrift: boolean;
}

/** How a feature usually varies (docs/spec/drift.md section 6.8); parts with fewer than ten windows are undefined. */
export interface UsualFeature {
  distribution: Seasons | undefined;
  missing: ShareSeasons | undefined;
  unseen: ShareSeasons | undefined;
  outside: ShareSeasons | undefined;
}

/** What is known of a feature besides the evaluated window. */
export interface FeatureHistory {
  /** Start of the window, for its hour of the week; null if the window has all hours of the day. */
  at: number | null;
  /** Net PSI below which a difference is small while the same hour of the week is not known. */
  earlyFloor: number;
  usual: UsualFeature;
  /** Earlier windows known. */
  windows: number;
  /** Earlier days, oldest first, in which slow drift is looked for; empty for other lengths. */
  days: readonly TimedCounts[];
}

/** Fits how a feature usually varies to its earlier windows, oldest first. Windows with other bins than the newest are left out. */
export function usualOf(windows: readonly EarlierWindow[], kind: "numeric" | "categorical"): UsualFeature {
  const cells = windows.at(-1)?.counts.length ?? 0;
  const alike = windows.filter(({ counts }) => counts.length === cells);
  const share = (of: (window: EarlierWindow) => { share: number | null; rows: number }) => {
    const known = alike.map((window) => ({ at: window.at, of: of(window) }));
    return fitShareSeasons(
      known.flatMap(({ at, of: { share: each, rows } }) =>
        each === null ? [] : [{ at, hits: Math.round(each * rows), rows: Math.round(rows) }],
      ),
    );
  };
  return {
    distribution: fitSeasons(alike, kind === "numeric"),
    missing: share(({ missing, rows }) => ({
      share: missing,
      rows: missing === null || missing >= 1 ? rows : rows / (1 - missing),
    })),
    unseen: share(({ unseen, rows }) => ({ share: unseen, rows })),
    outside: share(({ outside, rows }) => ({ share: outside, rows })),
  };
}
