import type { Marker } from "#components/charts/markers.ts";
import { Columns, Stack } from "#components/ui/page-head.tsx";
import { toWire, type Wire } from "#components/ui/wire.ts";
import { monitorHref } from "#components/watch/monitoring/drift/addresses.ts";
import type { QualityView } from "#components/watch/monitoring/quality/addresses.ts";
import { AnalysesPanel } from "#components/watch/monitoring/quality/analyses/analyses-panel.tsx";
import type { RequestState } from "#components/watch/monitoring/quality/analyses/request-state.ts";
import { CalibrationPanel } from "#components/watch/monitoring/quality/calibration-panel.tsx";
import { ClassesPanel } from "#components/watch/monitoring/quality/classes-panel.tsx";
import { ConfusionPanel } from "#components/watch/monitoring/quality/confusion-panel.tsx";
import { FairnessPanel } from "#components/watch/monitoring/quality/fairness-panel.tsx";
import { FairnessWeeksChart } from "#components/watch/monitoring/quality/fairness-weeks.tsx";
import { MaturityPanel } from "#components/watch/monitoring/quality/maturity-panel.tsx";
import { MetricsPanel } from "#components/watch/monitoring/quality/metrics-panel.tsx";
import { QualityChart } from "#components/watch/monitoring/quality/quality-chart.tsx";
import { QualityTiles } from "#components/watch/monitoring/quality/quality-tiles.tsx";
import { SegmentsPanel } from "#components/watch/monitoring/quality/segments-panel.tsx";
import { CutOffPanel } from "#components/watch/monitoring/quality/threshold-panel.tsx";
import type { Deployment } from "#server/serve/endpoints/contract.ts";
import type { Analysis } from "#server/watch/monitoring/analyses/contract.ts";
import type { FairnessWeeks } from "#server/watch/monitoring/quality/fairness/contract.ts";
import type { QualityBoard } from "#server/watch/monitoring/quality/queries.ts";

interface BoardPanelsProps {
  board: QualityBoard;
  markers: Marker[];
  analyses: Analysis[] | undefined;
  weeks: FairnessWeeks | undefined;
  requestState: RequestState;
  /** Newest first. */
  deployments: Wire<Deployment>[];
  name: string;
  view: QualityView;
}

/** Renders the evidence, from the two curves down to individual classes and groups. */
export function BoardPanels({
  board,
  markers,
  analyses,
  weeks,
  requestState,
  deployments,
  name,
  view,
}: BoardPanelsProps) {
  const { summary, history, detail, parts, maturity } = board;
  const settingsHref = monitorHref(name);
  return (
    <Stack>
      {summary.words.length > 1 && (
        <ul className="lw-small lw-muted" style={{ margin: 0, paddingLeft: 18 }}>
          {summary.words.slice(1).map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <QualityTiles summary={summary} />
      <QualityChart
        history={toWire(history)}
        summary={toWire(summary)}
        markers={markers}
        deployments={deployments}
        isExact
      />
      <Columns columns="1fr 1fr">
        <Stack>
          <MetricsPanel detail={detail} endpoint={name} view={view} />
          <ClassesPanel classes={detail.classes} />
          <ConfusionPanel {...detail} />
          <SegmentsPanel segments={parts.segments} metric={summary.metric} endpoint={name} view={view} />
        </Stack>
        <Stack>
          {detail.taskKind !== "regression" && <CalibrationPanel {...detail} />}
          <CutOffPanel {...detail} settingsHref={settingsHref} />
          <FairnessPanel fairness={parts.fairness} settingsHref={settingsHref} />
          {weeks && <FairnessWeeksChart weeks={toWire(weeks)} />}
          <MaturityPanel maturity={toWire(maturity)} />
          <AnalysesPanel analyses={analyses} requestState={requestState} />
        </Stack>
      </Columns>
    </Stack>
  );
}
