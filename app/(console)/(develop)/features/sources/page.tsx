import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { FeatureTabs } from "#components/develop/features/feature-tabs.tsx";
import { DeleteSource } from "#components/develop/features/sources/delete-source.tsx";
import { SourceDialog } from "#components/develop/features/sources/source-dialog.tsx";
import { canEdit } from "#components/develop/features/sources/source-draft.ts";
import { isRead, sourceRows } from "#components/develop/features/sources/source-text.ts";
import { RowActions, SourcesTable } from "#components/develop/features/sources/sources-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listDatasets } from "#server/develop/datasets/queries.ts";
import { listFeatureViews, listViewSources } from "#server/develop/features/definitions/queries.ts";
import { listNewestMaterialisations } from "#server/develop/features/materialisations/queries.ts";
import { deleteSourceAction, saveSourceAction } from "./actions.ts";

export const metadata = { title: "Sources, Features" };

export default async function FeatureSourcesPage() {
  const ctx = await requireContext();
  const sources = await listViewSources(ctx);
  const views = await listFeatureViews(ctx);
  const datasets = (await listDatasets(ctx, { limit: 500 })).map(({ name }) => name);
  const readSources = sources.filter(isRead).map(({ name }) => name);
  const rows = sourceRows(sources, views, await listNewestMaterialisations(ctx));
  const whyDefine = denialReason(ctx.actor.role, "defineViewSource");
  return (
    <Page crumbs={[{ label: "Features", href: "/features" }, { label: "Sources" }]} live>
      <LiveRefresh topics={["features"]} everyMs={60_000} />
      <PageHead
        help="feature-store#sources"
        title="Sources"
        context="Where rows of feature views come from"
        actions={<SourceDialog datasets={datasets} readSources={readSources} save={saveSourceAction} why={whyDefine} />}
      />
      <FeatureTabs current="sources" count={rows.length} />
      <Panel flush>
        {rows.length === 0 ? (
          <EmptyState title="No sources yet">
            Create one to push rows by its name, or to read them from a dataset or a file. A view without a source takes
            rows by its own name.
          </EmptyState>
        ) : (
          <SourcesTable
            rows={rows}
            now={new Date()}
            actions={({ source, views: users }) => (
              <RowActions>
                {canEdit(source) && (
                  <SourceDialog
                    source={source}
                    datasets={datasets}
                    readSources={readSources}
                    save={saveSourceAction}
                    why={whyDefine}
                  />
                )}
                <DeleteSource
                  name={source.name}
                  views={users}
                  remove={deleteSourceAction}
                  actorName={ctx.actor.name}
                  why={denialReason(ctx.actor.role, "deleteViewSource")}
                />
              </RowActions>
            )}
          />
        )}
      </Panel>
    </Page>
  );
}
