import { endpointSettingsHref } from "#components/serve/endpoints/addresses.ts";
import { BarCell } from "#components/ui/bar-list.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber, formatPercent, formatUnit, noValue, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import type { CascadeReport, EscalationReason } from "#server/serve/cascade/contract.ts";

interface CascadePanelProps {
  endpoint: string;
  /** Undefined without a cascade. */
  report: CascadeReport | undefined;
  /** "3 h" */
  rangeText: string;
}

type Step = CascadeReport["steps"][number];

const reasonLabels: Record<EscalationReason, string> = {
  "low-confidence": "low confidence",
  error: "failed",
  timeout: "timeout",
  tag: "by request parameter",
  compared: "for comparison",
};

/** Shows how often a cascade escalated, what it saved compared to always running its last step, and the cost in accuracy. */
export function CascadePanel({ endpoint, report, rangeText }: CascadePanelProps) {
  if (!report) return null;
  const { steps, requests, escalatedShare, accuracy, problems } = report;
  const columns: Column<Step>[] = [
    { key: "step", head: "Step", cell: ({ modelName, version }) => `${modelName} v${version}` },
    {
      key: "share",
      head: "Share of responses",
      cell: ({ answered }) => <BarCell value={requests > 0 ? answered / requests : 0} />,
    },
    { key: "handed", head: "Escalated", cell: ({ escalated }) => handedOn(escalated) },
    { key: "failed", head: "Failed", align: "right", cell: ({ failed }) => formatCount(failed) },
    { key: "runs", head: "Runs", align: "right", cell: ({ runs }) => formatCount(runs) },
    {
      key: "mean",
      head: "Mean run time",
      align: "right",
      cell: ({ meanComputeMs }) => formatUnit(meanComputeMs, "ms"),
    },
    {
      key: "right",
      head: "Accuracy",
      align: "right",
      cell: ({ versionId }) => {
        const found = accuracy.find((each) => each.versionId === versionId);
        return found ? `${formatPercent(found.right / found.labelled)} of ${formatCount(found.labelled)}` : noValue;
      },
    },
  ];
  return (
    <Panel
      id="cascade"
      title="Cascade"
      subtitle={`${plural(requests, "request")} in the ${rangeText}`}
      right={<Link href={`${endpointSettingsHref(endpoint)}#cascade`}>Edit…</Link>}
      flush
    >
      {problems.map((problem) => (
        <PanelSection key={problem}>
          <p role="alert">{problem}</p>
        </PanelSection>
      ))}
      <MetricStrip>
        <MetricTile
          label="Escalated"
          value={escalatedShare === null ? null : formatPercent(escalatedShare)}
          comparison="of requests beyond the first step"
        />
        <SavedTile report={report} />
        <QualityTile report={report} />
      </MetricStrip>
      <DataTable
        label="Cascade steps"
        density="dense"
        rows={steps}
        columns={columns}
        rowKey={({ versionId }) => versionId}
      />
      <PanelSection>
        <p className="lw-small lw-muted">{assumption(report)}</p>
      </PanelSection>
    </Panel>
  );
}

function handedOn(escalated: Step["escalated"]): string {
  const parts = Object.entries(escalated).map(
    ([reason, count]) => `${formatCount(count)} ${reasonLabels[reason as EscalationReason]}`,
  );
  return parts.length > 0 ? parts.join(", ") : "none";
}

function SavedTile({ report: { cost } }: { report: CascadeReport }) {
  const { unit, spent, alwaysLast, savedShare } = cost;
  const amount = (value: number) => (unit === "ms" ? formatUnit(value / 1000, "s") : formatNumber(value));
  const comparison =
    alwaysLast === null
      ? `${amount(spent)} spent; the last step has not run yet`
      : `${amount(spent)} instead of ${amount(alwaysLast)}`;
  return (
    <MetricTile
      label={unit === "ms" ? "Run time saved" : "Cost saved"}
      value={savedShare === null ? null : formatPercent(savedShare)}
      comparison={comparison}
    />
  );
}

function QualityTile({ report: { quality } }: { report: CascadeReport }) {
  const { compared, labelled, lostShare, differentOfAll, firstRightShare, lastRightShare } = quality;
  if (lostShare !== null) {
    const comparison = `${formatPercent(firstRightShare)} vs ${formatPercent(lastRightShare)} correct, from ${formatCount(labelled)} labelled comparisons`;
    return <MetricTile label="Accuracy lost" value={formatPercent(lostShare)} comparison={comparison} />;
  }
  const comparison =
    compared > 0
      ? `of all requests, estimated from ${formatCount(compared)} comparisons`
      : "set a share of requests to compare";
  const value = differentOfAll === null ? null : formatPercent(differentOfAll);
  return <MetricTile label="Different predictions" value={value} comparison={comparison} />;
}

function assumption({ cost: { unit }, steps }: CascadeReport): string {
  const last = steps.at(-1);
  const name = `${last?.modelName} v${last?.version}`;
  const rate =
    unit === "cost"
      ? "each run costs the price configured for its step"
      : "each run costs the model run time; in a batch, the full batch time counts for every request";
  return `Savings compared with sending every request to ${name}: ${rate}. Cached responses are excluded. The loss is estimated from requests that both the first and the last step processed for comparison; escalated requests get the later response either way.`;
}
