"use client";

import { SeriesSwatch } from "#components/charts/legend.tsx";
import { styleOfIndex } from "#components/charts/series-style.ts";
import { useCompareView } from "./use-compare-view.ts";

/** Renders the line of a compared run. @param index its place in the comparison, from 0 */
export function ComparedSwatch({ id, index }: { id: string; index: number }) {
  const { styles } = useCompareView();
  return <SeriesSwatch style={styles.get(id) ?? styleOfIndex(index)} />;
}
