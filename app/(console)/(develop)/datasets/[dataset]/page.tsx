import { requireContext, runtime } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { type DatasetTab, datasetHref, datasetTabs } from "#components/develop/addresses/dataset-href.ts";
import { CheckState } from "#components/develop/datasets/check-state.tsx";
import { UploadDataset } from "#components/develop/datasets/upload-dataset.tsx";
import { UploadsTable } from "#components/develop/datasets/uploads-table.tsx";
import { LinkedViews } from "#components/develop/features/linked-views.tsx";
import { LineageLink } from "#components/develop/lineage/lineage-link.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { getDataset } from "#server/develop/datasets/queries.ts";
import { getDatasetVersion } from "#server/develop/datasets/version-queries.ts";
import { listTrainingSets } from "#server/develop/features/training-sets/queries.ts";
import { listLinkedViews } from "#server/develop/lineage/queries.ts";
import { maxUploadBytes } from "../../models/upload-limit.ts";
import { retryUploadAction, uploadDatasetAction } from "../actions.ts";
import { ContractTab } from "./contract-tab.tsx";
import { LeakageTab } from "./leakage-tab.tsx";
import { datasetSentence } from "./sentence.ts";
import { VersionsTab } from "./versions-tab.tsx";

type Props = PageProps<"/datasets/[dataset]">;

export async function generateMetadata({ params }: Props) {
  return { title: `${decodeURIComponent((await params).dataset)}, Datasets` };
}

export default async function DatasetPage({ params, searchParams }: Props) {
  const name = decodeURIComponent((await params).dataset);
  const { tab: requested, version: chosen } = await searchParams;
  const tab: DatasetTab = datasetTabs.find((each) => each === requested) ?? "versions";
  const ctx = await requireContext();
  const dataset = await found(getDataset(ctx, name));
  const digest = typeof chosen === "string" ? chosen : dataset.newest?.digest;
  const version = digest === undefined ? null : await found(getDatasetVersion(ctx, { name, digest }));
  const trainingSets = version ? await listTrainingSets(ctx, { name, digest: version.digest, limit: 20 }) : [];
  const views = tab === "versions" ? await listLinkedViews(ctx, { kind: "dataset", id: name }) : [];
  const hasContract = dataset.contract !== null;
  const labels: Record<DatasetTab, string> = { versions: "Versions", contract: "Contract", leakage: "Leakage" };
  return (
    <Page crumbs={[{ label: "Datasets", href: "/datasets" }, { label: name }]} live>
      <LiveRefresh topics={["dataset"]} id={name} />
      <PageHead
        help="connect-python#datasets"
        title={name}
        badges={version?.isUploaded && <CheckState check={version.check} hasContract={hasContract} filled />}
        context={version && <LineageLink kind="dataset-version" id={`${name}@${version.digest}`} />}
        actions={
          <UploadDataset
            name={name}
            maxBytes={maxUploadBytes}
            apiUrl={`${runtime().config.publicUrl}/api/v1`}
            upload={uploadDatasetAction}
            why={denialReason(ctx.actor.role, "uploadDataset")}
            primary={tab === "versions"}
          />
        }
        sentence={datasetSentence(dataset, version)}
      />
      <Tabs
        label="Dataset sections"
        items={datasetTabs.map((each) => ({
          label: labels[each],
          href: datasetHref(name, typeof chosen === "string" ? chosen : undefined, each),
          current: each === tab,
          ...(each === "versions" && { count: dataset.versions }),
        }))}
      />
      {dataset.uploads.length > 0 && tab === "versions" && (
        <Panel title="Uploads" subtitle="being processed, or failed in the last 7 days" flush>
          <UploadsTable
            uploads={dataset.uploads}
            retry={retryUploadAction}
            why={denialReason(ctx.actor.role, "retryUpload")}
          />
        </Panel>
      )}
      {tab === "versions" && version && (
        <VersionsTab ctx={ctx} dataset={dataset} version={version} trainingSets={trainingSets} />
      )}
      <LinkedViews
        views={views}
        subtitle="that read the dataset, or from which its versions were created"
        through="Version"
      />
      {tab === "contract" && <ContractTab ctx={ctx} dataset={dataset} version={version} />}
      {tab === "leakage" && <LeakageTab ctx={ctx} name={name} version={version} />}
    </Page>
  );
}
