import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Finding } from "#server/develop/registry/security/contract.ts";
import { findingBadges } from "./security-labels.ts";
import classes from "./security-panel.module.css";

type Row = Finding & { key: string };

const columns: Column<Row>[] = [
  {
    key: "severity",
    head: "Finding",
    cell: ({ severity }) => (
      <StatusBadge state={findingBadges[severity].state}>{findingBadges[severity].word}</StatusBadge>
    ),
  },
  { key: "file", head: "File", cell: ({ file }) => <code className={classes.file}>{file || "all files"}</code> },
  { key: "words", head: "What", cell: ({ words }) => <span className={classes.words}>{words}</span> },
];

/** Lists the findings in the files of a version, worst first. */
export function FindingsTable({ findings, leftOut }: { findings: Finding[]; leftOut: number }) {
  return (
    <DataTable
      label="Findings"
      rows={findings.map((finding, index) => ({ ...finding, key: String(index) }))}
      columns={columns}
      rowKey={({ key }) => key}
      density="compact"
      maxHeight="360px"
      foot={leftOut > 0 && <span>and {formatCount(leftOut)} more</span>}
    />
  );
}
