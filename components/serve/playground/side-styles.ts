import { type SeriesStyle, styleSeries, styleVersions } from "#components/charts/series-style.ts";

const places: SeriesStyle[] = styleSeries([
  { id: "a", label: "A", points: [], role: "stable" },
  { id: "b", label: "B", points: [], role: "canary" },
]);

/**
 * Returns the styles of the sides of a run: those of their versions, which are the same in every chart. One version on two providers would
 * have one style, so these keep the looks of stable and canary.
 */
export function styleSides(versions: readonly number[]): SeriesStyle[] {
  if (versions.length > 1 && versions[0] === versions[1]) return places;
  return styleVersions(versions.map((version) => ({ model: "", version })));
}
