import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { featureViewHref } from "#components/develop/addresses/feature-view-href.ts";
import { ArrivalsTable } from "#components/develop/features/arrivals-table.tsx";
import { DeleteView } from "#components/develop/features/delete-view.tsx";
import { FirstRows } from "#components/develop/features/first-view.tsx";
import { LookUpKey } from "#components/develop/features/look-up-key.tsx";
import { SchemaOfView } from "#components/develop/features/schema-of-view.tsx";
import { viewLineageColumns } from "#components/develop/features/view-lineage.ts";
import { type ViewFacts, viewStates } from "#components/develop/features/view-state.ts";
import { type ChangedVersion, ViewVersionsTable } from "#components/develop/features/view-versions-table.tsx";
import { Lineage } from "#components/develop/registry/lineage/lineage.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { formatDuration } from "#components/ui/format-time.ts";
import { KeyLink } from "#components/ui/key-link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { listNewestArrivals, listViewFreshness } from "#server/develop/features/arrivals/queries.ts";
import type { FeatureView, ViewVersion } from "#server/develop/features/contract.ts";
import { alteredFeatures, compareVersions } from "#server/develop/features/definitions/compare-versions.ts";
import { getFeatureView, listFeatureViewVersions } from "#server/develop/features/definitions/queries.ts";
import type { ViewLineage } from "#server/develop/lineage/contract.ts";
import { getViewLineage } from "#server/develop/lineage/queries.ts";
import { deleteViewAction } from "../actions.ts";
import { storeAddresses } from "../store-addresses.ts";

type Props = PageProps<"/features/[view]">;

export async function generateMetadata({ params }: Props) {
  return { title: `${decodeURIComponent((await params).view)}, Features` };
}

export default async function FeatureViewPage({ params }: Props) {
  const name = decodeURIComponent((await params).view);
  const ctx = await requireContext();
  const view = await found(getFeatureView(ctx, name));
  const versions = await listFeatureViewVersions(ctx, name);
  const arrivals = await listNewestArrivals(ctx, name);
  const lineage = await getViewLineage(ctx, name);
  const freshness = (await listViewFreshness(ctx)).find((row) => row.view === name);
  const facts: ViewFacts = { ageUs: freshness?.ageUs ?? null, ttlUs: view.ttlUs };
  const keys = view.current.entities.map(({ joinKey, type }) => ({ name: joinKey, type }));
  const keyNames = keys.map((key) => key.name).join(", ");
  return (
    <Page crumbs={[{ label: "Features", href: "/features" }, { label: name }]} live>
      <LiveRefresh topics={["features"]} id={name} everyMs={30_000} />
      <PageHead
        help="feature-store#feature-views"
        title={name}
        badges={viewStates(facts).map(({ state, word }) => (
          <StatusBadge state={state} filled key={word}>
            {word}
          </StatusBadge>
        ))}
        context={`v${view.current.version}${keyNames && `, keyed by ${keyNames}`}`}
        actions={
          <>
            <LookUpKey views={[{ name, keys }]} view={name} />
            <DeleteView
              name={name}
              users={usersOf(lineage)}
              trainingSets={lineage.trainingSets.length}
              remove={deleteViewAction}
              actorName={ctx.actor.name}
              why={denialReason(ctx.actor.role, "deleteFeatureView")}
            />
            <KeyLink
              href={featureViewHref(name, "edit")}
              letter="E"
              why={denialReason(ctx.actor.role, "defineFeatureView")}
              primary
            >
              Edit…
            </KeyLink>
          </>
        }
        sentence={sentence(view, facts.ageUs, usersOf(lineage))}
      />
      <Panel title="Features" subtitle={view.source === null ? undefined : `source ${view.source}`} flush>
        <SchemaOfView version={view.current} />
      </Panel>
      <Panel title="Newest arrivals" subtitle="the last 20 rows, until they are packed into the history" flush>
        {arrivals.length > 0 ? (
          <ArrivalsTable view={view} arrivals={arrivals} />
        ) : (
          <FirstRows addresses={storeAddresses()} view={name} columns={exampleColumns(view)} />
        )}
      </Panel>
      <Lineage subject={name} columns={viewLineageColumns(view, lineage)} />
      <Panel title="Versions" flush>
        <ViewVersionsTable versions={withChanges(versions)} />
      </Panel>
    </Page>
  );
}

/** What a change of the view could break, as people call it. */
function usersOf({ endpoints, versions, services, readers }: ViewLineage): string[] {
  return [
    ...endpoints.map(({ name }) => `endpoint ${name}`),
    ...versions.map(({ model, version }) => `version ${model} v${version}`),
    ...services.map(({ name }) => `feature service ${name}`),
    ...readers.map(({ name }) => `feature view ${name}`),
  ];
}

/** @param versions newest first */
function withChanges(versions: readonly ViewVersion[]): ChangedVersion[] {
  return versions.map((version, place) => {
    const before = versions[place + 1];
    if (!before) return { version, change: null, altered: [] };
    return { version, change: compareVersions(before, version), altered: alteredFeatures(before, version) };
  });
}

/** Columns of a row of the view, with a value for each. */
function exampleColumns({ current, eventTimeColumn }: FeatureView): Record<string, unknown[]> {
  const columns: [name: string, cell: unknown][] = [
    ...current.entities.map(({ joinKey, type }): [string, unknown] => [joinKey, exampleOf(type)]),
    [eventTimeColumn, "2026-06-03T12:00:00Z"],
    ...current.features.map(({ name, type, rules }): [string, unknown] => {
      return [name, rules?.levels?.[0] ?? rules?.min ?? exampleOf(type)];
    }),
  ];
  return Object.fromEntries(columns.map(([name, cell]) => [name, [cell]]));
}

function exampleOf(type: string): unknown {
  if (type.startsWith("list<")) return [exampleOf(type.slice(5, -1))];
  if (type === "bool") return true;
  if (type === "timestamp") return "2026-06-03T12:00:00Z";
  if (type === "json") return "{}";
  if (type === "map") return {};
  if (type === "bytes") return "AAE=";
  return type === "string" ? "a" : 1;
}

function sentence({ ttlUs, stale }: FeatureView, ageUs: number | null, users: readonly string[]): string {
  const usedBy = users.length === 0 ? "Nothing uses it." : `Used by ${users.join(", ")}.`;
  if (ageUs === null) return `No row has arrived. ${usedBy}`;
  const age = `The newest event is ${formatDuration(ageUs / 1000)} old`;
  if (ttlUs === null) return `${age}; values have no limit of age. ${usedBy}`;
  const policy = stale === "null" ? "withheld" : "served with their status";
  return `${age}; values older than ${formatDuration(ttlUs / 1000)} are ${policy}. ${usedBy}`;
}
