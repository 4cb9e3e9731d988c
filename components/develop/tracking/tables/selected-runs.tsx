"use client";

import { createContext, useContext } from "react";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import { styleOfIndex } from "#components/charts/series-style.ts";

/** Runs in the order in which they were selected, which gives each its colour. */
export const SelectedRuns = createContext<readonly string[]>([]);

/** Colour and dash of a run while it is selected: they follow it into the comparison. */
export function SelectedSwatch({ id }: { id: string }) {
  const index = useContext(SelectedRuns).indexOf(id);
  return index >= 0 && <SeriesSwatch style={styleOfIndex(index)} />;
}
