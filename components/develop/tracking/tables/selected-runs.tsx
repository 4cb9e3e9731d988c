"use client";

import { createContext, useContext } from "react";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import { styleOfIndex } from "#components/charts/series-style.ts";

/** Runs in the order of their selection, which determines the colour of each. */
export const SelectedRuns = createContext<readonly string[]>([]);

/** Renders the colour and dash of a selected run, which are the same in the comparison. */
export function SelectedSwatch({ id }: { id: string }) {
  const index = useContext(SelectedRuns).indexOf(id);
  return index >= 0 && <SeriesSwatch style={styleOfIndex(index)} />;
}
