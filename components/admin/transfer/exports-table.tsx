import type { ActionState } from "#components/ui/action-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { truncateMiddle } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Export } from "#server/admin/transfer/contract.ts";
import { CancelButton } from "./cancel-button.tsx";
import { TransferState } from "./imports-table.tsx";
import { exportSize } from "./text.ts";

interface ExportsTableProps {
  exports: Export[];
  /** Undefined for users who may neither cancel nor download. */
  cancel: ((id: string) => Promise<ActionState<unknown>>) | undefined;
  empty: React.ReactNode;
}

/** Exports, newest first, with their files. */
export function ExportsTable({ exports, cancel, empty }: ExportsTableProps) {
  const columns: Column<Export>[] = [
    { key: "at", head: "Started", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    { key: "state", head: "State", cell: ({ state }) => <TransferState state={state} /> },
    { key: "size", head: "Size", align: "right", cell: exportSize },
    { key: "files", head: "Files", cell: ({ hasArtifacts }) => (hasArtifacts ? "with files" : "without files") },
    {
      key: "sha256",
      head: "SHA-256",
      cell: ({ sha256 }) =>
        sha256 ? <code title={sha256}>{truncateMiddle(sha256)}</code> : <span className="lw-quiet">–</span>,
    },
    { key: "by", head: "Started by", cell: ({ startedByName }) => startedByName },
    { key: "file", head: "File", cell: (one) => <FileCell one={one} cancel={cancel} /> },
  ];
  return <DataTable label="Exports" rows={exports} columns={columns} rowKey={({ id }) => id} empty={empty} />;
}

function FileCell({ one, cancel }: { one: Export; cancel: ExportsTableProps["cancel"] }) {
  const { id, state, message, isThere } = one;
  if (isThere && cancel) return <a href={`/api/v1/exports/${id}/file`}>Download</a>;
  if (isThere) return <span className="lw-quiet">requires the operator role</span>;
  if (state === "waiting" || state === "running") {
    return cancel ? (
      <CancelButton id={id} noun="export" action={cancel} compact />
    ) : (
      <span className="lw-quiet">not yet</span>
    );
  }
  if (state === "done") return <span className="lw-quiet">expired</span>;
  return <span className="lw-quiet">{message ?? "none"}</span>;
}
