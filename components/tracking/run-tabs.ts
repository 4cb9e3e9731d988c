import type { TabItem } from "#components/ui/tabs.tsx";
import type { ExperimentSummary } from "#server/tracking/contract.ts";
import { type RunView, runViewHref } from "./run-view.ts";

const filters = { running: "status = 'RUNNING'", failed: "status = 'FAILED'" };

/** The filters that are asked for most, as tabs; they keep order and columns. */
export function runTabs(experiment: ExperimentSummary, view: RunView): TabItem[] {
  const { id, runs, running, silent, failed } = experiment;
  const tab = (label: string, q: string, count: number): TabItem => ({
    label,
    count,
    href: runViewHref(`/experiments/${id}`, { ...view, q, page: 1 }),
    current: view.q === q,
  });
  return [
    tab("All runs", "", runs),
    tab("Running", filters.running, running + silent),
    tab("Failed", filters.failed, failed),
  ];
}
