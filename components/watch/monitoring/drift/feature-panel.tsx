import { formatCount, formatPercent } from "#components/ui/format.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { DriftHistory, FeatureDetail } from "#server/watch/monitoring/drift/report/contract.ts";
import { describeSlowMove } from "./describe-slow-move.ts";
import { describeTest } from "./describe-test.ts";
import { DistributionChart } from "./distribution-chart.tsx";
import { HistoryChart } from "./history-chart.tsx";

interface FeaturePanelProps {
  detail: FeatureDetail | undefined;
  /** Undefined when it could not be read. */
  history: Wire<DriftHistory> | undefined;
  /** "last 7 d". */
  rangeText: string;
}

/** Renders one feature: a description of the change, its distribution beside the reference, and its history. */
export function FeaturePanel({ detail, history, rangeText }: FeaturePanelProps) {
  if (!detail) {
    return (
      <Panel title="Feature">
        <EmptyState title="No feature selected">Select one in the table, or use J and K.</EmptyState>
      </Panel>
    );
  }
  const { feature, bins, unseenLevels, segments } = detail;
  return (
    <Panel title={<code>{feature.name}</code>} subtitle={feature.role === "output" ? "predictions" : feature.kind}>
      <p>
        {feature.words}
        {segments.map(({ segment, share, shareOfShift }) => (
          <span key={segment}>
            {" "}
            <code>{segment}</code> contains {formatPercent(share, { decimals: 0 })} of rows and{" "}
            {formatPercent(shareOfShift, { decimals: 0 })} of the shift.
          </span>
        ))}
      </p>
      {feature.slow && <p>Slow drift: {describeSlowMove(feature.slow)}</p>}
      <DistributionChart name={feature.name} bins={bins} rangeText={rangeText} key={feature.name} />
      {unseenLevels.length > 0 && (
        <p className="lw-small lw-muted">
          Not in the reference:{" "}
          {unseenLevels
            .slice(0, 5)
            .map(({ level, rows }) => `${level} (${formatCount(rows)})`)
            .join(", ")}{" "}
          {unseenLevels.length > 5 && ` and ${unseenLevels.length - 5} more`}.
        </p>
      )}
      <p className="lw-small lw-quiet">{describeTest(feature)}</p>
      {detail.fixedLine && <p className="lw-small lw-quiet">{detail.fixedLine.replaceAll("`", "")}</p>}
      <PanelSection>
        {history ? (
          <HistoryChart name={feature.name} history={history} />
        ) : (
          <FailedState title="Could not load the history">See the log of the web role for details.</FailedState>
        )}
      </PanelSection>
    </Panel>
  );
}
