import type { ChartedGroup, ChartedRun } from "./contract.ts";

/** A run with what decides its group. */
export interface RunToGroup extends Omit<ChartedRun, "detail"> {
  params: Readonly<Record<string, string>>;
  /** Value of the column that the runs are grouped by; null without a value. */
  groupValue?: string | null;
}

/** Parameters that only make the repetitions of an experiment differ. */
const seedName = /(^|[^a-z])(random_?)?(seed|random_?state)$/i;

/** Returns whether a parameter is a seed, by its name: "seed", "random_state", "data/seed". */
export function isSeed(key: string): boolean {
  return seedName.test(key.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2"));
}

/** Maximum number of settings in the name of a group. */
const maxNamed = 3;

/**
 * Groups runs whose parameters are equal except for their seeds; a run without a seed, or without another run like it, stays alone. A
 * group is named by the settings in which the groups differ.
 */
export function groupBySeed(runs: readonly RunToGroup[]): ChartedGroup[] {
  const settingsOf = ({ params }: RunToGroup) => Object.entries(params).filter(([key]) => !isSeed(key));
  const alike = Map.groupBy(runs, (each) => {
    const hasSeed = Object.keys(each.params).some(isSeed);
    return hasSeed ? JSON.stringify(settingsOf(each).toSorted()) : each.run.id;
  });
  const groups = [...alike.values()];
  const differing = differingKeys(groups.flatMap(([first]) => (first ? [Object.fromEntries(settingsOf(first))] : [])));
  return groups.map((members) => {
    const [first] = members;
    if (members.length === 1 && first) return aloneGroup(first);
    const words = differing
      .slice(0, maxNamed)
      .flatMap((key) => (first?.params[key] === undefined ? [] : [first.params[key]]));
    return groupOf(words.join(", ") || (first?.run.name ?? ""), members);
  });
}

/** Groups runs by the value of a column. */
export function groupByValue(runs: readonly RunToGroup[]): ChartedGroup[] {
  const groups = Map.groupBy(runs, ({ groupValue }) => groupValue ?? null);
  return [...groups].map(([value, members]) => groupOf(value === null ? "none" : value || "empty", members));
}

/** Returns each run on its own. */
export function ungrouped(runs: readonly RunToGroup[]): ChartedGroup[] {
  return runs.map(aloneGroup);
}

function aloneGroup(each: RunToGroup): ChartedGroup {
  return { label: each.run.name, isGroup: false, runs: [withDetail(each, "")], ...spreadOf([each]) };
}

function groupOf(label: string, members: readonly RunToGroup[]): ChartedGroup {
  const runs = members.map((each) => {
    const [seed, value] = Object.entries(each.params).find(([key]) => isSeed(key)) ?? [];
    return withDetail(each, seed === undefined ? "" : `seed ${value}`);
  });
  return { label, isGroup: true, runs, ...spreadOf(members) };
}

function withDetail({ run, value, failure }: RunToGroup, detail: string): ChartedRun {
  return { run, value, failure, detail };
}

/** Returns the parameters in which the settings differ, those with the fewest values first: they name the larger parts. */
function differingKeys(settings: readonly Record<string, string>[]): string[] {
  const keys = [...new Set(settings.flatMap((each) => Object.keys(each)))];
  return keys
    .map((key) => ({ key, values: new Set(settings.map((each) => each[key])).size }))
    .filter(({ values }) => values > 1)
    .toSorted((a, b) => a.values - b.values || (a.key < b.key ? -1 : 1))
    .map(({ key }) => key);
}

/** Returns mean and sample standard deviation of the runs' values. */
function spreadOf(runs: readonly Pick<RunToGroup, "value">[]): Pick<ChartedGroup, "mean" | "deviation"> {
  const values = runs.flatMap(({ value }) =>
    typeof value === "number" && Math.abs(value) < Number.MAX_VALUE ? [value] : [],
  );
  if (values.length === 0) return { mean: undefined, deviation: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return { mean, deviation: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
