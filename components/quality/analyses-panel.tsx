import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatPercent, noValue } from "#components/ui/format.ts";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Analysis } from "#server/monitoring/analyses/contract.ts";
import type { SkewedFeature } from "#server/monitoring/quality/skew/contract.ts";
import { intervalText } from "./quality-words.ts";

/** What two versions answer to the same requests, and what was served against what was recomputed: the newest of each that was asked for. */
export function AnalysesPanel({ analyses }: { analyses: readonly Analysis[] }) {
  const kinds = ["consistency", "skew"] as const;
  const newest = kinds.flatMap((kind) => analyses.find(({ question }) => question.kind === kind) ?? []);
  return (
    <Panel title="Consistency and skew" subtitle="asked for by POST /api/v1/analyses" flush>
      {newest.length === 0 ? (
        <EmptyState title="Nothing was compared yet">
          The kind “consistency” asks two versions, or one on two kinds of processors, what clients asked; the kind
          “skew” holds served features against rows of a dataset with the same key.
        </EmptyState>
      ) : (
        newest.map((analysis) => (
          <PanelSection title={<Head analysis={analysis} />} key={analysis.id}>
            <Found analysis={analysis} />
          </PanelSection>
        ))
      )}
    </Panel>
  );
}

function Head({ analysis: { question, createdAt } }: { analysis: Analysis }) {
  return (
    <>
      {question.kind === "skew" ? "Training-serving skew" : "Consistency"}{" "}
      <span className="lw-quiet lw-small">
        asked <RelativeTime at={createdAt} />
      </span>
    </>
  );
}

function Found({ analysis: { state, result, problem } }: { analysis: Analysis }) {
  if (state === "failed") return <p className="lw-small">{problem}</p>;
  if (result?.kind === "consistency") return <p className="lw-small">{result.consistency.words}</p>;
  if (result?.kind !== "skew") return <StatusBadge state="running">Under way</StatusBadge>;
  return (
    <>
      <p className="lw-small">{result.skew.words}</p>
      <DataTable
        label="Features by disagreement"
        rows={result.skew.features.slice(0, 8)}
        columns={columns}
        rowKey={({ feature }) => feature}
        density="compact"
      />
    </>
  );
}

const columns: Column<SkewedFeature>[] = [
  { key: "feature", head: "Feature", cell: ({ feature }) => <code>{feature}</code> },
  { key: "share", head: "Disagree", align: "right", cell: ({ share }) => formatPercent(share) },
  {
    key: "interval",
    head: "95 %",
    align: "right",
    cell: ({ interval }) => intervalText("accuracy", interval) ?? noValue,
  },
  {
    key: "example",
    head: "First",
    cell: ({ examples: [first] }) => (first ? `${first.key}: ${first.served} instead of ${first.recomputed}` : noValue),
  },
];
