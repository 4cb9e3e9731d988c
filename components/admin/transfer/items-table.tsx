import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatBytes, formatCount } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { ImportItem } from "#server/admin/transfer/contract.ts";
import { hrefOf, nameOf } from "./text.ts";
import classes from "./transfer.module.css";

const kinds: Record<ImportItem["kind"], string> = {
  experiment: "Experiment",
  run: "Run",
  "logged-model": "Logged model",
  version: "Version",
};

const columns: Column<ImportItem>[] = [
  {
    key: "thing",
    head: "Item",
    cell: (item) => {
      const href = hrefOf(item);
      return (
        <span className={classes.origin}>
          <span className="lw-small lw-quiet">{kinds[item.kind]}</span>{" "}
          {href ? <Link href={href}>{nameOf(item)}</Link> : <code>{nameOf(item)}</code>}
        </span>
      );
    },
  },
  { key: "points", head: "Points", align: "right", cell: ({ points }) => formatCount(points) },
  { key: "files", head: "Files", align: "right", cell: ({ files }) => formatCount(files) },
  { key: "bytes", head: "Bytes", align: "right", cell: ({ bytes }) => formatBytes(bytes) },
  {
    key: "outcome",
    head: "Outcome",
    cell: ({ localId, isUnchanged, problems }) => (
      <div className={classes.sentence}>
        {problems.length === 0 && <span className="lw-quiet">{isUnchanged ? "Unchanged" : "Imported"}</span>}
        {localId === null && problems.length > 0 && <strong>Not imported. </strong>}
        {problems.map((problem) => (
          <div key={problem}>{problem}</div>
        ))}
      </div>
    ),
  },
  { key: "at", head: "When", cell: ({ at }) => <RelativeTime at={at} /> },
];

interface ItemsTableProps {
  items: ImportItem[];
  empty: React.ReactNode;
  foot?: React.ReactNode;
}

/** Renders the imported items, latest first, with what is missing or differs. */
export function ItemsTable({ items, empty, foot }: ItemsTableProps) {
  return (
    <DataTable
      label="Imported items"
      rows={items}
      columns={columns}
      rowKey={({ kind, sourceId }) => `${kind} ${sourceId}`}
      density="dense"
      empty={empty}
      foot={foot}
    />
  );
}
