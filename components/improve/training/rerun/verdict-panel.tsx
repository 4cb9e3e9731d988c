import { DataTable } from "#components/ui/data-table.tsx";
import { formatCountOf, noValue, truncateMiddle } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Reproducibility } from "#server/improve/training/reproducibility/contract.ts";
import { jobHref } from "../addresses.ts";
import { describeVerdict, metricRows, partLabels, verdictLabels, verdictState } from "./verdict-text.ts";

interface VerdictPanelProps {
  original: string;
  isExact: boolean;
  /** Null while it cannot be compared. */
  outcome: Reproducibility | null;
  /** Why it cannot be compared. */
  problem: string | undefined;
}

const [maxMetrics, maxDifferences] = [30, 50];

/** Says how equal a re-run came out: its verdict, the differences of its metrics, and those of what it ran on. */
export function VerdictPanel({ original, isExact, outcome, problem }: VerdictPanelProps) {
  const subtitle = (
    <>
      {isExact ? "an exact re-run of" : "changes"} <Link href={jobHref(original)}>{original}</Link>
    </>
  );
  if (!outcome) {
    return (
      <Panel title="Comparison" subtitle={subtitle}>
        <p className="lw-muted">{problem}</p>
      </Panel>
    );
  }
  const { verdict, metrics, differences } = outcome;
  const rows = metricRows(metrics);
  return (
    <Panel title="Comparison" subtitle={subtitle} flush>
      <PanelSection>
        <p>
          <StatusBadge state={verdictState(verdict, isExact)}>{verdictLabels[verdict]}</StatusBadge>{" "}
          {describeVerdict(outcome)}
        </p>
      </PanelSection>
      {rows.length > 0 && (
        <DataTable
          label="Metrics of both jobs, differences first"
          density="dense"
          rows={rows.slice(0, maxMetrics)}
          rowKey={({ key }) => key}
          columns={[
            { key: "metric", head: "Metric", cell: ({ key }) => key },
            { key: "original", head: "Original", align: "right", cell: (row) => row.original },
            { key: "rerun", head: "This job", align: "right", cell: (row) => row.rerun },
            { key: "difference", head: "Difference", align: "right", cell: (row) => row.difference },
            { key: "noise", head: "Noise", align: "right", cell: (row) => row.noise },
            {
              key: "verdict",
              head: "Result",
              cell: (row) => (row.isEqual ? <span className="lw-muted">{row.verdict}</span> : row.verdict),
            },
          ]}
          foot={rows.length > maxMetrics && <span>{formatCountOf(maxMetrics, rows.length)} metrics</span>}
        />
      )}
      <Differences differences={differences} />
    </Panel>
  );
}

function Differences({ differences }: Pick<Reproducibility, "differences">) {
  if (differences === null || differences.length === 0) {
    return (
      <PanelSection title="Environments">
        <p className="lw-muted">
          {differences === null
            ? "One of the jobs has no recorded environment."
            : "No difference in what was recorded."}
        </p>
      </PanelSection>
    );
  }
  return (
    <DataTable
      label="Differences of both jobs, what changes results most first"
      density="dense"
      rows={differences.slice(0, maxDifferences)}
      rowKey={({ part, name }) => `${part} ${name}`}
      columns={[
        {
          key: "what",
          head: "Environments",
          cell: ({ part, name }) => (
            <>
              {partLabels[part]} <code>{name}</code>
            </>
          ),
        },
        { key: "original", head: "Original", cell: ({ original }) => <Value text={original} /> },
        { key: "rerun", head: "This job", cell: ({ rerun }) => <Value text={rerun} /> },
      ]}
      foot={
        differences.length > maxDifferences && (
          <span>{formatCountOf(maxDifferences, differences.length)} differences</span>
        )
      }
    />
  );
}

function Value({ text }: { text: string | null }) {
  return text === null ? noValue : <code title={text}>{truncateMiddle(text, 40)}</code>;
}
