import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { DatasetsTable } from "#components/develop/datasets/datasets-table.tsx";
import { UploadDataset } from "#components/develop/datasets/upload-dataset.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { DatasetSummary } from "#server/develop/datasets/contract.ts";
import { listDatasets } from "#server/develop/datasets/queries.ts";
import { maxUploadBytes } from "../models/upload-limit.ts";
import { uploadDatasetAction } from "./actions.ts";

export const metadata = { title: "Datasets" };

const perPage = 50;

export default async function DatasetsPage({ searchParams }: PageProps<"/datasets">) {
  const { after } = await searchParams;
  const ctx = await requireContext();
  const input = { after: typeof after === "string" ? after : undefined, limit: perPage + 1 };
  const datasets = await listDatasets(ctx, input);
  const shown = datasets.slice(0, perPage);
  const next = datasets.length > perPage ? shown.at(-1)?.name : undefined;
  return (
    <Page crumbs={[{ label: "Datasets" }]} live>
      <LiveRefresh topics={["dataset"]} />
      <PageHead
        help="connect-python#datasets"
        title="Datasets"
        context={sentence(shown, after !== undefined || next !== undefined)}
        actions={
          <>
            <ButtonLink href="/datasets/compare" variant="default">
              Compare files
            </ButtonLink>
            <UploadDataset
              maxBytes={maxUploadBytes}
              apiUrl={`${runtime().config.publicUrl}/api/v1`}
              upload={uploadDatasetAction}
              why={denialReason(ctx.actor.role, "uploadDataset")}
              primary
            />
          </>
        }
      />
      <Panel flush>
        {shown.length === 0 ? (
          <EmptyState title="No datasets yet">
            Datasets are created by runs that call <code>mlflow.log_input(dataset)</code> or by uploading a CSV, Parquet
            or Arrow file above.
          </EmptyState>
        ) : (
          <DatasetsTable
            datasets={shown}
            foot={
              <>
                <span>{plural(shown.length, "dataset")}, by name</span>
                {next && <Link href={`/datasets?after=${encodeURIComponent(next)}`}>Next</Link>}
              </>
            }
          />
        )}
      </Panel>
    </Page>
  );
}

function sentence(datasets: DatasetSummary[], isPart: boolean): string | undefined {
  if (datasets.length === 0 || isPart) return undefined;
  const broken = datasets.filter(({ check, newest }) => check?.digest === newest?.digest && check?.passed === false);
  const count = plural(datasets.length, "dataset");
  return broken.length === 0 ? count : `${count}; the latest version of ${broken.length} violates its contract`;
}
