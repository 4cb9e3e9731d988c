import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatBytes, plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { DatasetUpload } from "#server/datasets/contract.ts";

const columns: Column<DatasetUpload>[] = [
  { key: "file", head: "File", cell: (row) => row.fileName },
  { key: "state", head: "State", cell: (row) => <UploadState upload={row} /> },
  { key: "size", head: "Size", align: "right", cell: (row) => formatBytes(row.sizeBytes) },
  { key: "by", head: "Sent by", cell: (row) => row.createdBy },
  { key: "at", head: "When", cell: (row) => <RelativeTime at={row.createdAt} /> },
];

/** Files that are being read, or could not be. */
export function UploadsTable({ uploads }: { uploads: DatasetUpload[] }) {
  return <DataTable label="Uploads" rows={uploads} columns={columns} rowKey={(row) => row.id} density="dense" />;
}

function UploadState({ upload: { state, rowsRead, problem } }: { upload: DatasetUpload }) {
  if (state === "failed") {
    return (
      <>
        <StatusBadge state="missed">Refused</StatusBadge> <span className="lw-muted">{problem?.message}</span>
      </>
    );
  }
  if (state === "waiting") return <StatusBadge state="not-started">Waits to be read</StatusBadge>;
  return <StatusBadge state="running">{`Reading, ${plural(rowsRead, "row")} so far`}</StatusBadge>;
}
