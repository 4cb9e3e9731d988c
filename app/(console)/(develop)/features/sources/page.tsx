import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { DeleteConnection, TestConnection } from "#components/develop/features/connections/connection-actions.tsx";
import { ConnectionDialog } from "#components/develop/features/connections/connection-dialog.tsx";
import { ConnectionsTable } from "#components/develop/features/connections/connections-table.tsx";
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
import type { Context } from "#server/base/context.ts";
import { listDatasets } from "#server/develop/datasets/queries.ts";
import type { ViewSource } from "#server/develop/features/contract.ts";
import { listFeatureViews, listViewSources } from "#server/develop/features/definitions/queries.ts";
import { listNewestMaterialisations } from "#server/develop/features/materialisations/queries.ts";
import type { FeatureConnection } from "#server/develop/features/sources/connections/contract.ts";
import { listFeatureConnections } from "#server/develop/features/sources/connections/queries.ts";
import {
  deleteConnectionAction,
  deleteSourceAction,
  saveConnectionAction,
  saveSourceAction,
  testConnectionAction,
} from "./actions.ts";

export const metadata = { title: "Sources, Features" };

export default async function FeatureSourcesPage() {
  const ctx = await requireContext();
  const sources = await listViewSources(ctx);
  const rows = sourceRows(sources, await listFeatureViews(ctx), await listNewestMaterialisations(ctx));
  const connections = await listFeatureConnections(ctx);
  const choices = {
    datasets: (await listDatasets(ctx, { limit: 500 })).map(({ name }) => name),
    connections: connections.map(({ name }) => name),
    readSources: sources.filter(isRead).map(({ name }) => name),
  };
  const whyDefine = denialReason(ctx.actor.role, "defineViewSource");
  const dialog = { choices, save: saveSourceAction, why: whyDefine };
  return (
    <Page crumbs={[{ label: "Features", href: "/features" }, { label: "Sources" }]} live>
      <LiveRefresh topics={["features"]} everyMs={60_000} />
      <PageHead
        help="feature-store#sources"
        title="Sources"
        context="Where rows of feature views come from"
        actions={<SourceDialog {...dialog} />}
      />
      <FeatureTabs current="sources" count={rows.length} />
      <Panel flush>
        {rows.length === 0 ? (
          <EmptyState title="No sources yet">
            Create one to push rows under its name, or to read them from a dataset, a file, a database or the
            predictions of an endpoint. A view without a source accepts rows under its own name.
          </EmptyState>
        ) : (
          <SourcesTable
            rows={rows}
            now={new Date()}
            actions={({ source, views }) => (
              <RowActions>
                {canEdit(source) && <SourceDialog source={source} {...dialog} />}
                <DeleteSource
                  name={source.name}
                  views={views}
                  remove={deleteSourceAction}
                  actorName={ctx.actor.name}
                  why={denialReason(ctx.actor.role, "deleteViewSource")}
                />
              </RowActions>
            )}
          />
        )}
      </Panel>
      <Connections ctx={ctx} connections={connections} sources={sources} />
    </Page>
  );
}

interface ConnectionsProps {
  ctx: Context;
  connections: readonly FeatureConnection[];
  sources: readonly ViewSource[];
}

function Connections({ ctx, connections, sources }: ConnectionsProps) {
  const rows = connections.map((connection) => ({
    connection,
    sources: sources
      .filter(({ kind, options }) => kind === "sql" && options.connection === connection.name)
      .map(({ name }) => name),
  }));
  const whyDefine = denialReason(ctx.actor.role, "defineFeatureConnection");
  return (
    <Panel
      flush
      id="connections"
      title="Connections"
      subtitle="Postgres databases that SQL sources read from"
      right={
        <>
          {whyDefine && <span className="lw-small lw-quiet">{whyDefine}</span>}
          <ConnectionDialog save={saveConnectionAction} why={whyDefine} />
        </>
      }
    >
      {rows.length === 0 ? (
        <EmptyState title="No connections yet">
          Create one to read features from a Postgres database. Its URL is stored encrypted and not shown again.
        </EmptyState>
      ) : (
        <ConnectionsTable
          rows={rows}
          actions={({ connection, sources: users }) => (
            <RowActions>
              <TestConnection
                name={connection.name}
                test={testConnectionAction}
                why={denialReason(ctx.actor.role, "testFeatureConnection")}
              />
              <ConnectionDialog connection={connection} save={saveConnectionAction} why={whyDefine} />
              <DeleteConnection
                name={connection.name}
                sources={users}
                remove={deleteConnectionAction}
                actorName={ctx.actor.name}
                why={denialReason(ctx.actor.role, "deleteFeatureConnection")}
              />
            </RowActions>
          )}
        />
      )}
    </Panel>
  );
}
