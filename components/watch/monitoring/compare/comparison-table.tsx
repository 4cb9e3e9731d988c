import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber, formatPercent, noValue } from "#components/ui/format.ts";
import { NamedText } from "#components/ui/named-text.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { ComparedColumn } from "#server/watch/monitoring/compare/contract.ts";

const badges: Record<ComparedColumn["word"], { state: State; word: string }> = {
  changed: { state: "watch", word: "Changed" },
  "different, but too small to matter": { state: "on-target", word: "Too small to matter" },
  "about the same": { state: "on-target", word: "About the same" },
  "cannot be tested": { state: "no-data", word: "Cannot be tested" },
  "not enough data": { state: "no-data", word: "Not enough data" },
};

const columns: Column<ComparedColumn>[] = [
  { key: "name", head: "Column", cell: ({ name }) => <code>{name}</code> },
  {
    key: "word",
    head: "Leeway",
    cell: ({ word }) => <StatusBadge state={badges[word].state}>{badges[word].word}</StatusBadge>,
  },
  {
    key: "psi",
    head: "PSI",
    align: "right",
    cell: ({ distribution }) => (distribution ? formatNumber(distribution.statistic, { decimals: 3 }) : noValue),
  },
  {
    key: "line",
    head: "Threshold",
    align: "right",
    cell: ({ distribution }) => (distribution?.line ? formatNumber(distribution.line, { decimals: 3 }) : noValue),
  },
  {
    key: "evidently",
    head: "Evidently",
    cell: ({ score }) => (score ? (score.isDrift ? "drift" : "no drift") : noValue),
  },
  {
    key: "score",
    head: "Evidently score",
    align: "right",
    cell: ({ score }) =>
      score ? `${score.method} ${Number(score.score.toPrecision(3))} against ${score.threshold}` : noValue,
  },
  {
    key: "missing",
    head: "Missing",
    align: "right",
    cell: ({ missing, rows, referenceMissing, referenceRows }) =>
      `${share(referenceMissing, referenceRows)} → ${share(missing, rows)}`,
  },
  { key: "rows", head: "Values", align: "right", cell: ({ rows }) => formatCount(rows) },
  {
    key: "sentence",
    head: "Summary",
    cell: ({ sentence, disagreement, note }) => (
      <span data-wrap>
        <NamedText>{disagreement ?? note ?? sentence}</NamedText>
      </span>
    ),
  },
];

function share(missing: number, rows: number): string {
  return missing + rows === 0 ? noValue : formatPercent(missing / (missing + rows));
}

/** Renders the columns of two tables, the most changed first, with the verdicts of Leeway and Evidently side by side. */
export function ComparisonTable({ rows }: { rows: ComparedColumn[] }) {
  return <DataTable label="Columns by change" rows={rows} columns={columns} rowKey={({ name }) => name} />;
}
