"use client";

import { Tabs } from "#components/ui/tabs.tsx";
import { type CompareTab, compareTabs } from "./compare-view.ts";
import { useCompareView } from "./use-compare-view.ts";

const words: Record<CompareTab, string> = {
  overview: "Overview",
  curves: "Curves",
  scatter: "Scatter",
  artifacts: "Artifacts",
};

/** Renders the tabs of a comparison; switching keeps the rest of the address. */
export function CompareTabs() {
  const { view, href } = useCompareView();
  return (
    <Tabs
      label="Comparison views"
      items={compareTabs.map((tab) => ({ label: words[tab], href: href({ tab }), current: view.tab === tab }))}
    />
  );
}
