import { runHref } from "#components/develop/addresses/run-href.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { DatasetVersion } from "#server/develop/datasets/contract.ts";
import classes from "./datasets.module.css";

type User = DatasetVersion["usedByRuns"][number];

/** Lists the runs that read a version and the model versions created from it. */
export function UsedBy({ version }: { version: DatasetVersion }) {
  const madeBy = Map.groupBy(version.usedByModelVersions, ({ runId }) => runId);
  const columns: Column<User>[] = [
    { key: "run", head: "Run", cell: (run) => run.name },
    { key: "experiment", head: "Experiment", cell: (run) => run.experimentName },
    { key: "context", head: "Context", cell: (run) => run.context ?? noValue },
    {
      key: "models",
      head: "Model versions",
      cell: (run) => {
        const made = madeBy.get(run.id) ?? [];
        if (made.length === 0) return <span className="lw-quiet">none</span>;
        return (
          <span className={classes.tags}>
            {made.map(({ modelName, version }) => (
              <Link href={versionHref(modelName, version)} key={`${modelName} ${version}`}>
                {modelName} v{version}
              </Link>
            ))}
          </span>
        );
      },
    },
  ];
  return (
    <Panel title="Used by" subtitle="runs and the model versions they produced" flush>
      <DataTable
        label="Used by"
        rows={version.usedByRuns}
        columns={columns}
        rowKey={(run) => run.id}
        rowHref={(run) => runHref(run.experimentId, run.id)}
        density="compact"
        maxHeight="360px"
        foot={<span>{plural(version.runs, "run")}, newest first</span>}
        empty={
          <EmptyState title="Not used by any run yet">
            <code>mlflow.log_input(dataset, context="training")</code> in a run, with a dataset of this name and digest,
            links the run to this version.
          </EmptyState>
        }
      />
    </Panel>
  );
}
