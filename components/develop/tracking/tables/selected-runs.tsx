"use client";

import { createContext, useContext } from "react";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import { styleOfIndex, styleOfLine } from "#components/charts/series-style.ts";

/** Runs in the order of their selection, which determines the colour of those that the charts do not draw. */
export const SelectedRuns = createContext<readonly string[]>([]);

/** Places of runs in the order of colours, for those that the charts of the same view draw. */
export const ChartedPlaces = createContext<ReadonlyMap<string, number>>(new Map());

/** Renders the colour and dash that a run has on the charts, or those of a selected run in the comparison. */
export function SelectedSwatch({ id }: { id: string }) {
  const place = useContext(ChartedPlaces).get(id);
  const index = useContext(SelectedRuns).indexOf(id);
  if (place !== undefined) return <SeriesSwatch style={styleOfLine(place)} />;
  return index >= 0 && <SeriesSwatch style={styleOfIndex(index)} />;
}
