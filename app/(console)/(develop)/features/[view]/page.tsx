import { IconTablePlus } from "@tabler/icons-react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { featureViewHref } from "#components/develop/addresses/feature-view-href.ts";
import { materialisationHref } from "#components/develop/addresses/materialisation-href.ts";
import { newTrainingSetPath } from "#components/develop/addresses/training-set-href.ts";
import { ArrivalsTable } from "#components/develop/features/arrivals-table.tsx";
import { FirstRows } from "#components/develop/features/first-view.tsx";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import { LookUpKey } from "#components/develop/features/look-up-key.tsx";
import { MaterialiseButton } from "#components/develop/features/materialisations/materialise-button.tsx";
import { RejectsTable } from "#components/develop/features/materialisations/rejects-table.tsx";
import { SchemaOfView } from "#components/develop/features/schema-of-view.tsx";
import { viewLineageColumns } from "#components/develop/features/view-lineage.ts";
import { ViewMenu } from "#components/develop/features/view-menu.tsx";
import { ageNow, type ViewFacts, viewStates } from "#components/develop/features/view-state.ts";
import { type ChangedVersion, ViewVersionsTable } from "#components/develop/features/view-versions-table.tsx";
import { LineageLink } from "#components/develop/lineage/lineage-link.tsx";
import { Lineage } from "#components/develop/registry/lineage/lineage.tsx";
import { RangeMenu } from "#components/serve/endpoints/range-menu.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Columns, PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { AgeChart } from "#components/watch/features/age-chart.tsx";
import { correctedShareOf } from "#components/watch/features/corrected-share.ts";
import { LookUpsPanel } from "#components/watch/features/look-ups-panel.tsx";
import { SkewPanel } from "#components/watch/features/skew-panel.tsx";
import { ViewFeaturesTable, watchedFeatures } from "#components/watch/features/view-features-table.tsx";
import { ViewFindings } from "#components/watch/features/view-findings.tsx";
import { ViewWorkPanel } from "#components/watch/features/view-work-panel.tsx";
import type { FeatureView, ViewVersion } from "#server/develop/features/contract.ts";
import { alteredFeatures, compareVersions } from "#server/develop/features/definitions/compare-versions.ts";
import { getFeatureView } from "#server/develop/features/definitions/queries.ts";
import type { ViewLineage } from "#server/develop/lineage/contract.ts";
import { deleteViewAction } from "../actions.ts";
import { startMaterialisationAction } from "../materialisations/actions.ts";
import { materialisableViews } from "../materialisations/materialisable-views.ts";
import { exampleTime, storeAddresses } from "../store-addresses.ts";
import { readViewPage, type ViewPageData } from "./read-page.ts";

type Props = PageProps<"/features/[view]">;

export async function generateMetadata({ params }: Props) {
  return { title: `${decodeURIComponent((await params).view)}, Features` };
}

const tabs = ["overview", "schema", "rows", "versions"] as const;
type Tab = (typeof tabs)[number];
const ranges = [
  { key: "1h", label: "1 h", lengthMs: 3_600_000 },
  { key: "24h", label: "24 h", lengthMs: 86_400_000 },
  { key: "7d", label: "7 d", lengthMs: 7 * 86_400_000 },
  { key: "30d", label: "30 d", lengthMs: 30 * 86_400_000 },
] as const;
const usualRange = ranges[1];

export default async function FeatureViewPage({ params, searchParams }: Props) {
  const name = decodeURIComponent((await params).view);
  const { tab: requested, range: chosen } = await searchParams;
  const tab: Tab = tabs.find((each) => each === requested) ?? "overview";
  const range = ranges.find(({ key }) => key === chosen) ?? usualRange;
  const ctx = await requireContext();
  const view = await found(getFeatureView(ctx, name));
  const data = await readViewPage(ctx, name, range);
  const { lineage, versions } = data;
  const facts = factsOf(view, data);
  const materialisable = materialisableViews([view], data.sources, data.work);
  const keys = view.current.entities.map(({ joinKey, type }) => ({ name: joinKey, type }));
  const keyNames = keys.map((key) => key.name).join(", ");
  const labels: Record<Tab, string> = {
    overview: "Overview",
    schema: "Schema and contract",
    rows: "Rows",
    versions: "Versions",
  };
  return (
    <Page
      crumbs={[{ label: "Features", href: "/features" }, { label: name }]}
      live
      controls={tab === "overview" && <RangeMenu ranges={ranges} usual={usualRange.key} />}
    >
      <LiveRefresh topics={["features"]} id={name} everyMs={30_000} />
      <PageHead
        help="feature-store#feature-views"
        title={name}
        badges={viewStates(facts).map(({ state, word }) => (
          <StatusBadge state={state} filled key={word}>
            {word}
          </StatusBadge>
        ))}
        context={
          <>
            <span>
              v{view.current.version}
              {keyNames && `, keyed by ${keyNames}`}
            </span>
            <LineageLink kind="feature-view" id={name} />
          </>
        }
        actions={
          <>
            <LookUpKey views={[{ name, keys }]} view={name} />
            <KeyLink
              href={`${newTrainingSetPath}?view=${encodeURIComponent(name)}`}
              letter="T"
              icon={<IconTablePlus size={15} stroke={1.8} aria-hidden="true" />}
            >
              Create training set…
            </KeyLink>
            {materialisable.length > 0 && (
              <MaterialiseButton
                views={materialisable}
                start={startMaterialisationAction}
                why={denialReason(ctx.actor.role, "startMaterialisation")}
                secondary
              />
            )}
            <ViewMenu
              name={name}
              users={usersOf(lineage)}
              trainingSets={lineage.trainingSets.length}
              remove={deleteViewAction}
              actorName={ctx.actor.name}
              whyEdit={denialReason(ctx.actor.role, "defineFeatureView")}
              whyDelete={denialReason(ctx.actor.role, "deleteFeatureView")}
            />
          </>
        }
        sentence={sentence(view, data.freshness?.ageUs ?? null, usersOf(lineage))}
      />
      {data.openFindings === undefined && <Failed title="Could not load the open findings" />}
      {data.openFindings && data.openFindings.length > 0 && (
        <Panel title="Open findings" subtitle="newest first; a finding ends when it is no longer detected" flush>
          <ViewFindings label="Open findings" findings={data.openFindings} />
        </Panel>
      )}
      <Tabs
        label="View sections"
        items={tabs.map((each) => ({
          label: labels[each],
          href: each === "overview" ? featureViewHref(name) : `${featureViewHref(name)}?tab=${each}`,
          current: each === tab,
          ...(each === "versions" && { count: versions.length }),
        }))}
      />
      {tab === "overview" && <OverviewTab view={view} data={data} rangeText={`last ${range.label}`} />}
      {tab === "schema" && <SchemaTab view={view} />}
      {tab === "rows" && <RowsTab view={view} data={data} />}
      {tab === "versions" && (
        <Panel flush>
          <ViewVersionsTable versions={withChanges(versions)} />
        </Panel>
      )}
    </Page>
  );
}

function OverviewTab({ view, data, rangeText }: { view: FeatureView; data: ViewPageData; rangeText: string }) {
  const { lineage, watch, skew, drift, work, arrivals, freshness, resolvedFindings } = data;
  const uses = [...lineage.versions, ...lineage.services];
  if (freshness?.eventAt === null && arrivals.length === 0) {
    return (
      <>
        <Panel>
          <FirstRows addresses={storeAddresses()} view={view.name} columns={exampleColumns(view)} />
        </Panel>
        <Panel title="Features" flush>
          <SchemaOfView version={view.current} />
        </Panel>
        {work.length > 0 && <ViewWorkPanel work={work} view={view.name} />}
        <Lineage subject={view.name} columns={viewLineageColumns(view, lineage)} />
      </>
    );
  }
  return (
    <>
      <Columns
        columns={work.length > 0 ? "minmax(0, 1.6fr) minmax(0, 1fr) minmax(0, 1fr)" : "minmax(0, 1.6fr) minmax(0, 1fr)"}
      >
        {watch ? (
          <AgeChart
            points={watch.points}
            stepMs={watch.stepMs}
            from={watch.from.getTime()}
            to={watch.to.getTime()}
            ttlUs={view.ttlUs}
            publications={work.flatMap(({ id, state, endedAt }) =>
              state === "done" && endedAt
                ? [{ at: endedAt.getTime(), label: "materialised", href: materialisationHref(id) }]
                : [],
            )}
            subtitle={delayOf(watch.arrival.latenessMs.p95, rangeText)}
          />
        ) : (
          <Failed title="Could not load the ages" />
        )}
        {watch ? (
          <LookUpsPanel watch={watch} rangeText={rangeText} isWithheld={view.stale === "null"} />
        ) : (
          <Failed title="Could not load the look-ups" />
        )}
        {work.length > 0 && <ViewWorkPanel work={work} view={view.name} />}
      </Columns>
      <Columns columns="minmax(0, 1fr) 380px">
        <Panel title="Features" subtitle={describeDrift(drift)} flush>
          <ViewFeaturesTable rows={watchedFeatures(view.current, drift?.features ?? [], skew?.features ?? [], uses)} />
        </Panel>
        {skew ? <SkewPanel skew={skew} /> : <Failed title="Could not load the skew" />}
      </Columns>
      <Lineage subject={view.name} columns={viewLineageColumns(view, lineage)} />
      {resolvedFindings.length > 0 && (
        <Panel title="Resolved findings" subtitle="newest first" flush>
          <ViewFindings label="Resolved findings" findings={resolvedFindings} />
        </Panel>
      )}
    </>
  );
}

function SchemaTab({ view }: { view: FeatureView }) {
  const { current } = view;
  return (
    <>
      <Panel title="Features" subtitle={view.source === null ? undefined : `source ${view.source}`} flush>
        <SchemaOfView version={current} />
      </Panel>
      <Panel title="Contract">
        <dl className="lw-facts">
          <dt>Join keys</dt>
          <dd>{current.entities.map(({ joinKey, type }) => `${joinKey} (${type})`).join(", ") || "none: one row"}</dd>
          <dt>Max age</dt>
          <dd>{view.ttlUs === null ? "none" : formatDuration(view.ttlUs / 1000)}</dd>
          <dt>Older values</dt>
          <dd>{view.stale === "null" ? "withheld" : "served with their status"}</dd>
          <dt>Training sets use</dt>
          <dd>{cutoffLabels[view.cutoff]}</dd>
          <dt>Request inputs</dt>
          <dd>{current.requestInputs.map(({ name, type }) => `${name} (${type})`).join(", ") || "none"}</dd>
          <dt>Time columns</dt>
          <dd>{[view.eventTimeColumn, view.createdTimeColumn].filter(Boolean).join(", ")}</dd>
          <dt>Owner</dt>
          <dd>{view.owner || noValue}</dd>
          <dt>Description</dt>
          <dd>{view.description || noValue}</dd>
        </dl>
      </Panel>
    </>
  );
}

function RowsTab({ view, data: { arrivals, rejects } }: { view: FeatureView; data: ViewPageData }) {
  const timeColumns = [view.eventTimeColumn, view.createdTimeColumn ?? view.eventTimeColumn];
  return (
    <>
      <Panel title="Newest arrivals" subtitle="last 20 rows that are not yet packed into the history" flush>
        {arrivals.length > 0 ? (
          <ArrivalsTable view={view} arrivals={arrivals} />
        ) : (
          <EmptyState title="No rows besides the history">Rows are packed into files after an hour.</EmptyState>
        )}
      </Panel>
      {rejects.length > 0 && (
        <Panel title="Rejected rows" subtitle="rows that violate the contract; kept for 30 days" flush>
          <RejectsTable rejects={rejects} total={rejects.length} timeColumns={timeColumns} />
        </Panel>
      )}
    </>
  );
}

const cutoffLabels: Record<FeatureView["cutoff"], string> = {
  created: "what was known (created time)",
  arrival: "what had arrived",
  event: "all that was true then",
};

function Failed({ title }: { title: string }) {
  return (
    <Panel>
      <FailedState title={title}>See the log of the web role for details. The rest of the page works.</FailedState>
    </Panel>
  );
}

function delayOf(p95: number | null, rangeText: string): string {
  return p95 === null ? rangeText : `${rangeText}; arrival delay ${formatDuration(p95)}, p95`;
}

function describeDrift(drift: ViewPageData["drift"]): string | undefined {
  if (!drift || drift.features.length === 0) return undefined;
  return `drift first; ${drift.newest?.day ?? ""} beside ${drift.reference?.words ?? "the reference"} (dashed)`;
}

function factsOf(
  { ttlUs }: FeatureView,
  { freshness, watch, lastHour, skew, work, openFindings }: ViewPageData,
): ViewFacts {
  const active = work.find(({ state }) => state === "running" || state === "waiting");
  return {
    ageUs: ageNow(freshness?.ageUs ?? null, lastHour?.serving.ageMs.p95),
    ttlUs,
    lookUps: watch?.serving,
    correctedShare: correctedShareOf(skew?.true),
    materialisation:
      active && (active.state === "running" ? "running" : active.problem === null ? undefined : "on-hold"),
    openFindings,
  };
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
    [eventTimeColumn, exampleTime()],
    ...current.features.map(({ name, type, rules }): [string, unknown] => {
      return [name, rules?.levels?.[0] ?? rules?.min ?? exampleOf(type)];
    }),
  ];
  return Object.fromEntries(columns.map(([name, cell]) => [name, [cell]]));
}

function exampleOf(type: string): unknown {
  if (type.startsWith("list<")) return [exampleOf(type.slice(5, -1))];
  if (type === "bool") return true;
  if (type === "timestamp") return exampleTime();
  if (type === "json") return "{}";
  if (type === "map") return {};
  if (type === "bytes") return "AAE=";
  return type === "string" ? "a" : 1;
}

function sentence({ ttlUs, stale }: FeatureView, ageUs: number | null, users: readonly string[]): string {
  const usedBy = users.length === 0 ? "Not used by anything." : `Used by ${users.join(", ")}.`;
  if (ageUs === null) return `No row has arrived. ${usedBy}`;
  const age = `The newest event is ${formatDuration(ageUs / 1000)} old`;
  if (ttlUs === null) return `${age}; values have no max age. ${usedBy}`;
  const policy = stale === "null" ? "withheld" : "served with their status";
  return `${age}; values older than ${formatDuration(ttlUs / 1000)} are ${policy}. ${usedBy}`;
}
