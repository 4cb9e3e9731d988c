import type { TabItem } from "#components/ui/tabs.tsx";
import type { ExperimentHead } from "#server/develop/tracking/experiments/contract.ts";
import type { SavedView } from "#server/develop/tracking/views/contract.ts";
import { type RunView, runViewHref } from "./run-view.ts";

const filters = { running: "status = 'RUNNING'", failed: "status = 'FAILED'", unhealthy: "health IS NOT NULL" };

/** Lists the most common filters, then the saved views, then the trash. The filters keep order, columns and groups. */
export function runTabs(experiment: ExperimentHead, view: RunView, saved: readonly SavedView[]): TabItem[] {
  const { id, runs, running, silent, failed, unhealthy } = experiment;
  const path = `/experiments/${id}`;
  const plain = { ...view, viewId: undefined, isTrash: false, page: 1, opened: [], selected: [] };
  const isPlain = !view.viewId && !view.isTrash;
  const tab = (label: string, q: string, count: number): TabItem => ({
    label,
    count,
    href: runViewHref(path, { ...plain, q }),
    current: isPlain && view.q === q,
  });
  return [
    tab("All runs", "", runs),
    tab("Running", filters.running, running + silent),
    tab("Failed", filters.failed, failed),
    ...(unhealthy > 0 || view.q === filters.unhealthy ? [tab("Needs attention", filters.unhealthy, unhealthy)] : []),
    ...saved.map(({ id, name }) => ({
      label: name,
      href: `${path}?view=${id}`,
      current: view.viewId === id && !view.isTrash,
    })),
    {
      label: "Deleted",
      href: runViewHref(path, { ...plain, q: "", groupBy: undefined, isTrash: true }),
      current: view.isTrash,
    },
  ];
}
