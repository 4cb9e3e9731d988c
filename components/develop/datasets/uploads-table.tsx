import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatBytes, plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SmallAction } from "#components/ui/small-action.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { DatasetUpload, RetryUpload } from "#server/develop/datasets/contract.ts";
import classes from "./datasets.module.css";

interface UploadsTableProps {
  uploads: DatasetUpload[];
  retry: (input: RetryUpload) => Promise<ActionState<DatasetUpload>>;
  /** Reason why nothing can be retried: "needs the role member". */
  why?: string | undefined;
}

/** Renders the files that are being processed or have failed. */
export function UploadsTable({ uploads, ...again }: UploadsTableProps) {
  const columns: Column<DatasetUpload>[] = [
    { key: "file", head: "File", cell: (row) => row.fileName },
    { key: "state", head: "State", cell: (row) => <UploadState upload={row} {...again} /> },
    { key: "size", head: "Size", align: "right", cell: (row) => formatBytes(row.sizeBytes) },
    { key: "by", head: "Uploaded by", cell: (row) => row.createdBy },
    { key: "at", head: "When", cell: (row) => <RelativeTime at={row.createdAt} /> },
  ];
  return <DataTable label="Uploads" rows={uploads} columns={columns} rowKey={(row) => row.id} density="dense" />;
}

function UploadState({ upload, retry, why }: Omit<UploadsTableProps, "uploads"> & { upload: DatasetUpload }) {
  const { id, name, state, rowsRead, problem } = upload;
  if (state === "waiting") return <StatusBadge state="not-started">Queued</StatusBadge>;
  if (state !== "failed") {
    return <StatusBadge state="running">{`Processing, ${plural(rowsRead, "row")} so far`}</StatusBadge>;
  }
  return (
    <span className={classes.problem}>
      <StatusBadge state="missed">{problem?.canRetry ? "Failed" : "Rejected"}</StatusBadge>
      <span className="lw-muted">{problem?.message}</span>
      {problem?.canRetry && (
        <SmallAction label="Retry" input={{ name, id }} act={retry} done={`Retrying ${upload.fileName}.`} why={why} />
      )}
    </span>
  );
}
