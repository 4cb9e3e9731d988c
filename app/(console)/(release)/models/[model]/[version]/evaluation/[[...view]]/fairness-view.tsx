import { GroupsPanel } from "#components/release/evaluation/groups-panel.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { ShownEvaluation } from "./result-view.tsx";

/** Renders the groups of each column that is compared for fairness. */
export function FairnessView({ shown: { result } }: { shown: ShownEvaluation }) {
  if (result.groups.length === 0) {
    return (
      <Panel flush>
        <EmptyState title="No groups">
          Freeze a set with columns under “Groups”: their values are then compared with each other.
        </EmptyState>
      </Panel>
    );
  }
  return result.groups.map((groups) => {
    const metric = result.metrics.find(({ id }) => id === groups.metric);
    return metric && <GroupsPanel groups={groups} metric={metric} key={groups.column} />;
  });
}
