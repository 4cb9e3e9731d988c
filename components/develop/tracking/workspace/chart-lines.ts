import { type SeriesStyle, styleOfLine } from "#components/charts/series-style.ts";
import type { ChartedGroup } from "#server/develop/tracking/workspace/contract.ts";

/** What the charts draw of a group of runs. */
const bands = ["deviation", "range", "runs"] as const;
export type Band = (typeof bands)[number];

/** Returns what an address says about bands; the deviation by default. */
export function readBand(text: string | undefined): Band {
  return bands.find((band) => band === text) ?? "deviation";
}

/** A run whose images are shown, in the colour of its line. */
export interface ShownRun {
  id: string;
  name: string;
  style: SeriesStyle;
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
  return groupPlaces(groups).map(styleOfLine);
}

/** Returns the place of each run in the order of colours, which the runs of a group share. */
export function placesOfRuns(groups: readonly ChartedGroup[]): Map<string, number> {
  const places = groupPlaces(groups);
  return new Map(groups.flatMap(({ runs }, index) => runs.map(({ run }) => [run.id, places[index] ?? index])));
}

function groupPlaces(groups: readonly ChartedGroup[]): number[] {
  const startOf = ({ runs }: ChartedGroup) => Math.min(...runs.map(({ run }) => run.startedAt));
  const order = groups
    .map((group, index) => ({ index, start: startOf(group), id: group.runs[0]?.run.id ?? "" }))
    .toSorted((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
  const places: number[] = [];
  for (const [place, { index }] of order.entries()) places[index] = place;
  return places;
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

/**
 * Returns the few runs whose images are shown: those selected, else the first of each line, else further ones.
 * @param most maximum number of runs
 */
export function shownRuns(
  groups: readonly ChartedGroup[],
  { hidden, selected }: { hidden: readonly string[]; selected: readonly string[] },
  most: number,
): ShownRun[] {
  const styles = groupStyles(groups);
  const visible = groups.flatMap(({ runs }, index) =>
    runs
      .filter(({ run }) => !hidden.includes(run.id))
      .map(({ run: { id, name } }, place) => ({ id, name, style: styles[index] ?? styleOfLine(index), place })),
  );
  const chosen = visible.filter(({ id }) => selected.includes(id));
  const ordered = chosen.length > 0 ? chosen : visible.toSorted((a, b) => a.place - b.place);
  return ordered.slice(0, most).map(({ id, name, style }) => ({ id, name, style }));
}

/** Returns the hidden runs after a click on the eye of some: all of them are shown if none is, else all are hidden. */
export function toggledEye(hidden: readonly string[], ids: readonly string[]): string[] {
  const others = hidden.filter((id) => !ids.includes(id));
  return ids.every((id) => hidden.includes(id)) ? others : [...others, ...ids];
}
