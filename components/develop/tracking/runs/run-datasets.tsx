import { datasetHref } from "#components/develop/addresses/dataset-href.ts";
import { trainingSetHref } from "#components/develop/addresses/training-set-href.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { DatasetInput, RunRelatives } from "#server/develop/tracking/runs/contract.ts";
import { datasetFacts } from "./dataset-facts.ts";

type TrainingSets = RunRelatives["trainingSets"];

const columns = [
  { key: "name", head: "Dataset", cell: (row: DatasetInput) => row.name },
  { key: "digest", head: "Digest", cell: (row: DatasetInput) => <code>{row.digest}</code> },
  { key: "context", head: "Context", cell: (row: DatasetInput) => contextOf(row) ?? quiet },
  {
    key: "rows",
    head: "Rows",
    align: "right" as const,
    cell: (row: DatasetInput) => {
      const { rows } = datasetFacts(row);
      return rows === undefined ? quiet : formatCount(rows);
    },
  },
  {
    key: "source",
    head: "Source",
    cell: (row: DatasetInput) => {
      const { source } = datasetFacts(row);
      return source ? <code title={source}>{source.length > 60 ? `${source.slice(0, 59)}…` : source}</code> : quiet;
    },
  },
];

const quiet = <span className="lw-quiet">{noValue}</span>;

function contextOf({ tags }: DatasetInput): string | undefined {
  return tags.find(({ key }) => key === "mlflow.data.context")?.value;
}

/** The training set that created a dataset version. */
function madeBy(trainingSets: TrainingSets) {
  return {
    key: "made-by",
    head: "Created by",
    cell: ({ name, digest }: DatasetInput) => {
      const set = trainingSets.find((each) => each.name === name && each.digest === digest);
      return set ? <Link href={trainingSetHref(set.id)}>training set</Link> : quiet;
    },
  };
}

/** Renders the datasets that a run read, and the training sets that created them. */
export function RunDatasets({ datasets, trainingSets }: { datasets: DatasetInput[]; trainingSets: TrainingSets }) {
  return (
    <Panel title="Datasets" subtitle="logged inputs" flush>
      <DataTable
        label="Datasets"
        rows={datasets}
        rowKey={(row) => `${row.name} ${row.digest} ${contextOf(row)}`}
        rowHref={(row) => datasetHref(row.name, row.digest)}
        density="compact"
        columns={trainingSets.length > 0 ? [...columns, madeBy(trainingSets)] : columns}
        empty={
          <EmptyState title="No dataset logged">
            <code>mlflow.log_input(dataset, context="training")</code> links the run to its data, so that model versions
            can be traced back.
          </EmptyState>
        }
      />
    </Panel>
  );
}
