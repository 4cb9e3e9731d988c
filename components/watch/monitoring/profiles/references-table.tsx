import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue, plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { ReferenceProfile } from "#server/watch/monitoring/profiles/contract.ts";
import { describeSource, status } from "./reference-text.ts";
import classes from "./references.module.css";

/** Renders the references of a version, newest first, with their states or the errors in their rows. */
export function ReferencesTable({
  references,
  inForceId,
}: {
  references: ReferenceProfile[];
  inForceId: string | undefined;
}) {
  const columns: Column<ReferenceProfile>[] = [
    { key: "source", head: "Source", cell: (row) => <span className={classes.words}>{describeSource(row)}</span> },
    {
      key: "state",
      head: "State",
      cell: (row) => {
        const { state, word } = status(row, inForceId);
        return (
          <span className={classes.problem}>
            <StatusBadge state={state}>{word}</StatusBadge>
            {row.problem && (
              <span className="lw-muted">
                {row.problem.message}
                {row.problem.line !== undefined &&
                  !/\bline\b/i.test(row.problem.message) &&
                  ` (line ${row.problem.line})`}
              </span>
            )}
          </span>
        );
      },
    },
    { key: "rows", head: "Rows", align: "right", cell: ({ rows }) => (rows === null ? noValue : formatCount(rows)) },
    {
      key: "why",
      head: "Reason",
      cell: ({ reason }) => <span className={classes.words}>{reason || "no reason given"}</span>,
    },
    {
      key: "asked",
      head: "Requested",
      cell: ({ createdBy, createdAt }) => (
        <>
          {createdBy}, <RelativeTime at={createdAt} />
        </>
      ),
    },
  ];
  return (
    <DataTable
      label="References"
      rows={references}
      columns={columns}
      rowKey={(row) => row.id}
      foot={plural(references.length, "reference")}
    />
  );
}
