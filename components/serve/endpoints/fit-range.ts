const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, y: 365 * 86_400_000 };
const unitLabels: Record<string, string> = { m: "min", h: "h", d: "d", y: "y" };

interface Choice {
  /** In the address: "7d". */
  key: string;
  label: string;
}

type Search = Record<string, string | string[] | undefined>;

/** Returns the length of a range by its key, "15m" to "1y", in milliseconds; undefined for other texts. */
function lengthOf(key: string | string[] | undefined): number | undefined {
  if (typeof key !== "string" || !/^\d{1,3}[mhdy]$/.test(key)) return undefined;
  return Number(key.slice(0, -1)) * (unitMs[key.slice(-1)] ?? 0) || undefined;
}

/** Returns when a fixed range of an address starts, in milliseconds since 1970; undefined for one that ends now. */
function fixedStart({ from, to }: Search): number | undefined {
  if (typeof from !== "string" || typeof to !== "string") return undefined;
  return Date.parse(to) > Date.parse(from) ? Date.parse(from) : undefined;
}

/**
 * Returns the range of a tab for the one that the address names, which another tab may have chosen: the same one, else the shortest that holds it,
 * else the longest. All of them end now. @param choices from narrow to wide @returns undefined where the address names none
 */
export function fitRange<Range extends Choice>(
  search: Search,
  choices: readonly Range[],
  now = Date.now(),
): Range | undefined {
  const start = fixedStart(search);
  const length = start === undefined ? lengthOf(search.range) : now - start;
  if (length === undefined) return undefined;
  return choices.find(({ key }) => (lengthOf(key) ?? 0) >= length) ?? choices.at(-1);
}

/** Says that a tab shows another range than the address names, and why; undefined where it shows that one. @param tab its label */
export function describeFit(search: Search, shown: Choice, tab: string): string | undefined {
  if (fixedStart(search) !== undefined) return `${tab} shows ranges that end now, here ${shown.label}.`;
  const { range } = search;
  const [length, shownMs] = [lengthOf(range), lengthOf(shown.key)];
  if (typeof range !== "string" || length === undefined || shownMs === undefined || length === shownMs)
    return undefined;
  const label = `${range.slice(0, -1)} ${unitLabels[range.slice(-1)]}`;
  return length < shownMs
    ? `${label} is too short for ${tab}, so it shows ${shown.label}.`
    : `${tab} goes back ${shown.label}, not ${label}.`;
}
