import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { DatasetFormat } from "#server/develop/datasets/contract.ts";
import type { DatasetCheck, RuleResult } from "#server/develop/datasets/rules/contract.ts";
import classes from "./datasets.module.css";

const names: Record<RuleResult["rule"], string> = {
  required: "present",
  type: "type",
  nullable: "never null",
  range: "range",
  levels: "allowed values",
  pattern: "pattern",
  unique: "unique",
  "other columns": "other columns",
};

/** Lists the result of each contract rule for a version, violated rules first. */
export function CheckReport({ check, format }: { check: DatasetCheck; format: DatasetFormat }) {
  const unit = format === "csv" ? "line" : "row";
  const columns: Column<RuleResult>[] = [
    {
      key: "promise",
      head: "Rule",
      cell: ({ column, rule }) => (
        <span className={classes.tags}>
          {column !== null && <code>{column}</code>} {names[rule]}
        </span>
      ),
    },
    {
      key: "verdict",
      head: "Result",
      cell: ({ passed }) => (
        <StatusBadge state={passed ? "on-target" : "missed"}>{passed ? "Met" : "Violated"}</StatusBadge>
      ),
    },
    { key: "expected", head: "Expected", cell: ({ expected }) => <span className={classes.words}>{expected}</span> },
    { key: "measured", head: "Measured", cell: ({ measured }) => <span className={classes.words}>{measured}</span> },
    {
      key: "examples",
      head: "Examples",
      cell: ({ examples }) =>
        examples.length === 0 ? (
          ""
        ) : (
          <span className={classes.examples}>
            {examples.map(({ at, value }) => (
              <span key={at}>
                <span className="lw-quiet">
                  {unit} {at}
                </span>{" "}
                <code>{value}</code>
              </span>
            ))}
          </span>
        ),
    },
  ];
  const broken = check.results.filter(({ passed }) => !passed).length;
  const rows = check.results.toSorted((a, b) => Number(a.passed) - Number(b.passed));
  return (
    <DataTable
      label="Check report"
      rows={rows}
      columns={columns}
      rowKey={({ column, rule }) => `${column} ${rule}`}
      density="dense"
      maxHeight="420px"
      foot={<span>{`${formatCount(broken)} of ${plural(rows.length, "rule")} violated`}</span>}
    />
  );
}
