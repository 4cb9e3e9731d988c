import { formatCount } from "#components/ui/format.ts";
import type { Entry, Group } from "./palette-entries.ts";
import { type FamilyKey, families } from "./palette-families.ts";
import type { Place } from "./recent-places.ts";

const dayMs = 86_400_000;

/** Maximum number of rows of a group, and of actions, while all kinds are shown. */
const [maxPerGroup, maxActions] = [4, 4];

interface Arranged {
  entries: readonly Entry[];
  /** Number of all matches of each family, where it is more than the entries. */
  totals: Partial<Record<FamilyKey, number>>;
  /** Families with more matches than their total. */
  uncounted: ReadonlySet<FamilyKey>;
  /** The only family that is shown, with all its entries; undefined for all. */
  only: FamilyKey | undefined;
  places: readonly Place[];
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * Groups what was found: actions first unless a page matches better, then open incidents, then families by how well their best entry matches and how recently the user
 * was there.
 */
export function arrange({ entries, totals, uncounted, only, places, now }: Arranged): Group[] {
  const scores = new Map(entries.map((entry) => [entry, scoreOf(entry, places, now)]));
  const score = (entry: Entry) => scores.get(entry) ?? 0;
  const shown = entries.filter(({ family }) => only === undefined || family === only);
  const open = only === undefined ? shown.filter(({ isOpenIncident }) => isOpenIncident) : [];
  const groups = families.flatMap(({ key, label }): Group[] => {
    const own = shown.filter((entry) => entry.family === key && !open.includes(entry));
    const sorted =
      key === "actions"
        ? own.toSorted((left, right) => left.rank - right.rank)
        : own.toSorted((left, right) => score(left) - score(right));
    if (sorted.length === 0) return [];
    const max = only !== undefined ? sorted.length : key === "actions" ? maxActions : maxPerGroup;
    const total = Math.max(own.length, (totals[key] ?? 0) - (key === "incidents" ? open.length : 0));
    return [
      {
        family: key,
        label: key === "actions" && only === undefined ? "Do" : label,
        entries: sorted.slice(0, max),
        total,
        isUncounted: uncounted.has(key),
      },
    ];
  });
  const bestRank = Math.min(...shown.map(({ rank }) => rank));
  // An action on something that matches worse than a page does not stand before that page.
  const best = ({ family, entries: own }: Group) =>
    family === "actions" && own.some(({ rank }) => rank <= bestRank)
      ? Number.NEGATIVE_INFINITY
      : Math.min(...own.map(score));
  const ordered = groups.toSorted((left, right) => best(left) - best(right));
  if (open.length === 0) return ordered;
  const incidents: Group = {
    family: "open",
    label: "Open incidents",
    entries: open.slice(0, maxPerGroup),
    total: open.length,
    isUncounted: false,
  };
  const actions = ordered.filter(({ family }) => family === "actions");
  return [...actions, incidents, ...ordered.filter(({ family }) => family !== "actions")];
}

/** Score of an entry, the lower the better: its rank, less up to one and a half for a page that the user opened in the last days. */
function scoreOf({ rank, href }: Entry, places: readonly Place[], now: number): number {
  if (href === undefined) return rank;
  const path = href.split(/[?#]/)[0] ?? href;
  const visited = places.filter((place) => place.href === path || place.href.startsWith(`${path}/`));
  const age = now - Math.max(0, ...visited.map(({ at }) => at));
  return rank - (age < dayMs ? 1.5 : age < 7 * dayMs ? 1 : age < 30 * dayMs ? 0.5 : 0);
}

/** Formats a number of matches: "12", "1,034+". */
export function formatTotal(total: number, isUncounted: boolean): string {
  return `${formatCount(total)}${isUncounted ? "+" : ""}`;
}
