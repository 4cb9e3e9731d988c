import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { TrainingSet } from "#server/develop/features/training-sets/contract.ts";
import { featureViewHref } from "../../addresses/feature-view-href.ts";
import { trainingSetHref } from "../../addresses/training-set-href.ts";

const columns: Column<TrainingSet>[] = [
  { key: "at", head: "Training set", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
  {
    key: "views",
    head: "Views",
    cell: ({ request }) => {
      const views = new Map(request.views.map(({ view, version }) => [`${view} v${version}`, view]));
      return [...views].map(([label, view], index) => (
        <span key={label}>
          {index > 0 && ", "}
          <Link href={featureViewHref(view)}>{label}</Link>
        </span>
      ));
    },
  },
  { key: "features", head: "Features", align: "right", cell: ({ request }) => formatCount(request.features.length) },
  { key: "by", head: "Created by", cell: ({ createdBy }) => createdBy },
];

/** Lists the training sets that became a version of a dataset. Equal rows are the same version, so there may be several. */
export function CreatedByTrainingSets({ sets }: { sets: TrainingSet[] }) {
  return (
    <Panel title="Created by training sets" subtitle="newest first" flush>
      <DataTable
        label="Created by training sets"
        rows={sets}
        columns={columns}
        rowKey={({ id }) => id}
        rowHref={({ id }) => trainingSetHref(id)}
        density="compact"
      />
    </Panel>
  );
}
