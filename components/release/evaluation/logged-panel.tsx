import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatNumber, noValue, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { LoggedEvaluations } from "#server/release/evaluation/contract.ts";
import classes from "./evaluation.module.css";

type Result = LoggedEvaluations["results"][number];

const metricsShown = 4;

/** Renders results that MLflow clients logged for a version; nothing without any. */
export function LoggedPanel({ logged: { results, datasets } }: { logged: LoggedEvaluations }) {
  if (results.length === 0 && datasets.length === 0) return null;
  return (
    <Panel title="Logged by MLflow clients" subtitle="not on frozen sets, so not compared row by row" flush>
      <DataTable
        label="Logged evaluations"
        rows={results}
        columns={columns}
        rowKey={({ runId, datasets: of }) => `${runId} ${of.map(({ digest }) => digest).join(" ")}`}
        density="dense"
        empty={<span />}
      />
      {datasets.length > 0 && (
        <p className={classes.notes}>
          Evaluation datasets of the experiment:{" "}
          {datasets.map(({ name, records }) => `${name} (${plural(records, "record")})`).join(", ")}
        </p>
      )}
    </Panel>
  );
}

const columns: Column<Result>[] = [
  { key: "run", head: "Run", cell: ({ runId, runName }) => runName ?? runId },
  {
    key: "datasets",
    head: "Dataset",
    cell: ({ datasets }) => datasets.map(({ name, digest }) => `${name} ${digest.slice(0, 8)}`).join(", ") || noValue,
  },
  {
    key: "metrics",
    head: "Metrics",
    cell: ({ metrics }) => {
      const more = metrics.length - metricsShown;
      const shown = metrics.slice(0, metricsShown).map(({ key, value }) => `${key} ${formatNumber(value)}`);
      return `${shown.join("; ")}${more > 0 ? `; ${more} more` : ""}`;
    },
  },
];
