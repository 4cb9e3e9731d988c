import { type SeriesStyle, styleOfLine } from "#components/charts/series-style.ts";
import type { ChartedGroup } from "#server/develop/tracking/workspace/contract.ts";

/** What the charts draw of a group of runs. */
const bands = ["deviation", "range", "runs"] as const;
export type Band = (typeof bands)[number];

/** Returns what an address says about bands; the deviation by default. */
export function readBand(text: string | undefined): Band {
  return bands.find((band) => band === text) ?? "deviation";
}

/** A line of all charts: a run, or the mean of several. */
export interface ChartLine {
  id: string;
  label: string;
  style: SeriesStyle;
  runs: { id: string; startedAt: number }[];
}

/**
 * Returns the style of each group: those whose runs began first have the first colours, so that a new run changes no other line. Groups
 * keep their colours when the order of the list changes.
 */
export function groupStyles(groups: readonly ChartedGroup[]): SeriesStyle[] {
  const startOf = ({ runs }: ChartedGroup) => Math.min(...runs.map(({ run }) => run.startedAt));
  const order = groups
    .map((group, index) => ({ index, start: startOf(group), id: group.runs[0]?.run.id ?? "" }))
    .toSorted((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
  const styles: SeriesStyle[] = [];
  for (const [place, { index }] of order.entries()) styles[index] = styleOfLine(place);
  return styles;
}

/** Returns the lines of the runs that are not hidden; a group is one line unless each run is wanted. */
export function chartLines(groups: readonly ChartedGroup[], hidden: readonly string[], band: Band): ChartLine[] {
  const styles = groupStyles(groups);
  return groups.flatMap(({ label, isGroup, runs }, index): ChartLine[] => {
    const style = styles[index] ?? styleOfLine(index);
    const shown = runs.flatMap(({ run: { id, name, startedAt } }) =>
      hidden.includes(id) ? [] : [{ id, name, startedAt }],
    );
    if (!isGroup || band === "runs")
      return shown.map(({ id, name, startedAt }) => ({ id, label: name, style, runs: [{ id, startedAt }] }));
    if (shown.length === 0) return [];
    return [{ id: `group ${index}`, label, style, runs: shown.map(({ id, startedAt }) => ({ id, startedAt })) }];
  });
}

/** Returns the hidden runs after a click on the eye of some: all of them are shown if none is, else all are hidden. */
export function toggledEye(hidden: readonly string[], ids: readonly string[]): string[] {
  const others = hidden.filter((id) => !ids.includes(id));
  return ids.every((id) => hidden.includes(id)) ? others : [...others, ...ids];
}
