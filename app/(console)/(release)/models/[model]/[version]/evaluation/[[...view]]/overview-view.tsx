import { evaluationHref } from "#components/release/evaluation/addresses.ts";
import { GroupsPanel } from "#components/release/evaluation/groups-panel.tsx";
import { MetricTiles } from "#components/release/evaluation/metric-tiles.tsx";
import { MoreMetrics } from "#components/release/evaluation/more-metrics.tsx";
import { TaskPanels } from "#components/release/evaluation/task-panels.tsx";
import { Columns, Stack } from "#components/ui/page-head.tsx";
import type { ShownEvaluation } from "./result-view.tsx";
import { SegmentsView } from "./segments-view.tsx";

const segmentsShown = 8;

/** Renders the headline metrics, the panels of the kind of task, segments and the gap between groups. */
export function OverviewView({ shown }: { shown: ShownEvaluation }) {
  const { key, set, result, base, baseRun } = shown;
  const { kind } = set.definition.task;
  const other = base !== undefined && baseRun?.result ? { version: base, result: baseRun.result } : undefined;
  const [groups] = result.groups;
  const groupMetric = result.metrics.find(({ id }) => id === groups?.metric);
  const more = <MoreMetrics taskKind={kind} metrics={result.metrics} />;
  return (
    <>
      <MetricTiles
        taskKind={kind}
        result={result}
        base={other && { version: other.version, metrics: other.result.metrics }}
      />
      <TaskPanels
        version={key.version}
        result={result}
        base={other}
        rowsHref={evaluationHref(key, "rows", { set, base, order: "loss" })}
      />
      {groups && groupMetric ? (
        <Columns columns="minmax(0, 2fr) minmax(0, 1fr)">
          <Stack>
            <SegmentsView shown={shown} most={segmentsShown} />
            {more}
          </Stack>
          <GroupsPanel groups={groups} metric={groupMetric} isNarrow />
        </Columns>
      ) : (
        <>
          <SegmentsView shown={shown} most={segmentsShown} />
          {more}
        </>
      )}
    </>
  );
}
