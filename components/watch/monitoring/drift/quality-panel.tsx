import type { Marker } from "#components/charts/markers.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import type { Wire } from "#components/ui/wire.ts";
import { endpointQualityHref } from "#components/watch/monitoring/quality/addresses.ts";
import { QualityChart } from "#components/watch/monitoring/quality/quality-chart.tsx";
import type { QualityHistory, QualitySummary } from "#server/watch/monitoring/quality/contract.ts";
import { metricFacts } from "#server/watch/monitoring/quality/metrics/constants.ts";

interface QualityPanelProps {
  endpoint: string;
  /** Undefined when it could not be read. */
  quality: { summary: Wire<QualitySummary>; history: Wire<QualityHistory> } | undefined;
  markers: readonly Marker[];
}

/** Compares realised quality, from labels, with the earlier estimate: whether drift affected quality. */
export function QualityPanel({ endpoint, quality, markers }: QualityPanelProps) {
  if (!quality) {
    return (
      <Panel title="Estimated and realised quality" flush>
        <FailedState title="Could not load the quality of this endpoint">
          Drift is shown regardless; see the log of the web role for details.
        </FailedState>
      </Panel>
    );
  }
  const { summary, history } = quality;
  const isKnown = history.points.some(({ realised, estimated }) => realised !== null || estimated !== null);
  const link = <Link href={endpointQualityHref(endpoint)}>Quality of {endpoint}</Link>;
  if (isKnown) {
    return (
      <>
        <QualityChart history={history} summary={summary} markers={markers} />
        <p className="lw-small lw-quiet">
          {summary.words.join(" ")} {link}
        </p>
      </>
    );
  }
  return (
    <Panel title={`${metricFacts[history.metric].label}: estimated and realised`} right={link}>
      <EmptyState title="No quality data yet">
        {summary.words.join(" ") ||
          "Quality comes from labels posted by callers; until they arrive, it is estimated from calibrated scores."}
      </EmptyState>
    </Panel>
  );
}
