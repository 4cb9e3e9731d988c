import { DataTable } from "#components/ui/data-table.tsx";
import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { RunInfo, RunRelatives } from "#server/develop/tracking/runs/contract.ts";
import { RunStatusBadge } from "./run-status.tsx";
import { Took } from "./run-took.tsx";

type Model = RunRelatives["models"][number];

const states: Record<Model["status"], { state: "finished" | "running" | "missed"; word: string }> = {
  LOGGED_MODEL_READY: { state: "finished", word: "Ready" },
  LOGGED_MODEL_PENDING: { state: "running", word: "Uploading" },
  LOGGED_MODEL_UPLOAD_FAILED: { state: "missed", word: "Upload failed" },
};

const modelColumns = [
  { key: "name", head: "Logged model", cell: (row: Model) => row.name },
  { key: "id", head: "Id", cell: (row: Model) => <code title={row.id}>{row.id.slice(0, 12)}</code> },
  { key: "type", head: "Kind", cell: (row: Model) => row.type || <span className="lw-quiet">none given</span> },
  {
    key: "status",
    head: "State",
    cell: (row: Model) => <StatusBadge state={states[row.status].state}>{states[row.status].word}</StatusBadge>,
  },
];

/** Renders the models that a run logged, and the versions created from it; nothing without either. */
export function RunOutputs({ relatives }: { relatives: RunRelatives }) {
  const { models, versions } = relatives;
  if (models.length === 0 && versions.length === 0) return null;
  return (
    <Panel
      title="Models"
      subtitle={models.length === 0 ? "registered from this run" : plural(models.length, "logged model")}
      right={
        <span>
          {versions.length === 0 && <span className="lw-quiet">No version registered from this run</span>}
          {versions.map(({ modelName, version }, index) => (
            <span key={`${modelName} ${version}`}>
              {index > 0 && ", "}
              <Link href={`/models/${encodeURIComponent(modelName)}/v${version}`}>
                {modelName} v{version}
              </Link>{" "}
              <Link href={`/rollouts/new?${new URLSearchParams({ model: modelName, version: String(version) })}`}>
                Roll out…
              </Link>
            </span>
          ))}
        </span>
      }
      flush
    >
      {models.length > 0 && (
        <DataTable
          label="Logged models"
          rows={models}
          rowKey={({ id }) => id}
          density="compact"
          columns={modelColumns}
        />
      )}
    </Panel>
  );
}

const childColumns = [
  { key: "name", head: "Run", cell: (row: RunInfo) => row.name },
  { key: "status", head: "Status", cell: (row: RunInfo) => <RunStatusBadge run={row} /> },
  { key: "started", head: "Started", cell: (row: RunInfo) => <RelativeTime at={row.startedAt} /> },
  { key: "took", head: "Duration", align: "right" as const, cell: (row: RunInfo) => <Took run={row} /> },
];

/** Renders the child runs of a run; nothing without any. */
export function RunChildren({ runs }: { runs: RunInfo[] }) {
  if (runs.length === 0) return null;
  return (
    <Panel title="Child runs" subtitle={plural(runs.length, "run")} flush>
      <DataTable
        label="Child runs"
        rows={runs}
        rowKey={({ id }) => id}
        rowHref={({ id, experimentId }) => `/experiments/${experimentId}/runs/${id}`}
        density="compact"
        maxHeight="320px"
        columns={childColumns}
      />
    </Panel>
  );
}
