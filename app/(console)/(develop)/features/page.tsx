import { IconPlus, IconTablePlus } from "@tabler/icons-react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { featureViewHref } from "#components/develop/addresses/feature-view-href.ts";
import { newTrainingSetPath } from "#components/develop/addresses/training-set-href.ts";
import { FeatureTabs } from "#components/develop/features/feature-tabs.tsx";
import { FirstView } from "#components/develop/features/first-view.tsx";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import { type KeyedView, LookUpKey } from "#components/develop/features/look-up-key.tsx";
import { MaterialisationsTable } from "#components/develop/features/materialisations/materialisations-table.tsx";
import { shareOfLimit, viewStates } from "#components/develop/features/view-state.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { formatCountOf, formatPercent, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { ViewFilter } from "#components/watch/features/view-filter.tsx";
import type { ViewRow } from "#components/watch/features/view-row.ts";
import { ViewTiles } from "#components/watch/features/view-tiles.tsx";
import { ViewsTable } from "#components/watch/features/views-table.tsx";
import { listFeatureServices } from "#server/develop/features/definitions/queries.ts";
import { readViewFilter } from "./filter-views.ts";
import { readViews } from "./read-views.ts";
import { exampleTime, storeAddresses } from "./store-addresses.ts";

export const metadata = { title: "Features" };

export default async function FeaturesPage({ searchParams }: PageProps<"/features">) {
  const { q: asked } = await searchParams;
  const q = typeof asked === "string" ? asked.trim().slice(0, 1000) : "";
  const ctx = await requireContext();
  const { rows, work } = await readViews(ctx);
  const services = await listFeatureServices(ctx);
  const { matches, problem } = readViewFilter(q);
  const shown = matches ? rows.filter(matches) : rows;
  return (
    <Page crumbs={[{ label: "Features" }]} live>
      <LiveRefresh topics={["features"]} everyMs={30_000} />
      <PageHead
        help="feature-store#feature-views"
        title="Features"
        context={rows.length === 0 ? undefined : counts(rows, services.length)}
        actions={
          <>
            <LookUpKey views={rows.map(keyedView)} />
            {rows.length > 0 && (
              <ButtonLink
                href={newTrainingSetPath}
                variant="default"
                leftSection={<IconTablePlus size={15} stroke={1.8} aria-hidden="true" />}
                rightSection={<Keys keys={["T"]} />}
              >
                Create training set…
              </ButtonLink>
            )}
            <KeyLink
              href="/features/new"
              letter="N"
              icon={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
              why={denialReason(ctx.actor.role, "defineFeatureView")}
              primary
            >
              Create view…
            </KeyLink>
          </>
        }
        sentence={sentence(rows)}
      />
      {rows.some(({ lookUpsPerSecond }) => lookUpsPerSecond !== null) && <ViewTiles rows={rows} />}
      <FeatureTabs
        current="views"
        count={rows.length}
        right={
          rows.length > 0 && (
            <ViewFilter
              q={q}
              error={problem}
              result={q && matches ? formatCountOf(shown.length, rows.length) : undefined}
            />
          )
        }
      />
      <Panel flush>
        <ViewsTable
          rows={shown}
          empty={
            rows.length === 0 ? (
              <FirstView addresses={storeAddresses()} now={exampleTime()} />
            ) : (
              <EmptyState title="No matching feature views" action={<Link href="/features">Clear the filter</Link>} />
            )
          }
          foot={<span>{plural(shown.length, "feature view")}, worst first</span>}
        />
      </Panel>
      {work.length > 0 && (
        <Panel
          title="Materialising now"
          subtitle="look-ups continue; older values never overwrite newer ones"
          right={<Link href="/features/materialisations">All materialisations</Link>}
          flush
        >
          <MaterialisationsTable work={work} />
        </Panel>
      )}
    </Page>
  );
}

function counts(rows: ViewRow[], services: number): string {
  const features = rows.reduce(
    (sum, { view: { current } }) => sum + current.features.length + current.expressions.length,
    0,
  );
  return [plural(rows.length, "feature view"), plural(features, "feature"), plural(services, "service")].join(", ");
}

function keyedView({ view }: ViewRow): KeyedView {
  return { name: view.name, keys: view.current.entities.map(({ joinKey, type }) => ({ name: joinKey, type })) };
}

function sentence(rows: ViewRow[]) {
  const hasState = (row: ViewRow, wanted: string) => viewStates(row.facts).some(({ word }) => word === wanted);
  const [late, ...others] = rows.filter(({ facts }) => (shareOfLimit(facts) ?? 0) > 1);
  const unknown = rows.find((row) => hasState(row, "Unknown keys"));
  // A late source is in the first part.
  const withFindings = rows.filter(({ facts }) =>
    facts.openFindings?.some(({ kind }) => kind !== "source-late"),
  ).length;
  if (!late && !unknown && withFindings === 0) return undefined;
  return (
    <>
      {late && (
        <>
          <ViewLink row={late} /> is {formatDuration(((late.facts.ageUs ?? 0) - (late.facts.ttlUs ?? 0)) / 1000)} over
          its limit
          {others.length > 0 &&
            `; ${plural(others.length, "other view")} ${others.length === 1 ? "is" : "are"} late too`}
          .{" "}
        </>
      )}
      {unknown?.facts.lookUps && (
        <>
          {formatPercent(unknown.facts.lookUps.missing / unknown.facts.lookUps.lookUps, { decimals: 0 })} of look-ups of{" "}
          <ViewLink row={unknown} /> find no row.{" "}
        </>
      )}
      {withFindings > 0 &&
        `${plural(withFindings, "view")} ${withFindings === 1 ? "has an open finding" : "have open findings"}.`}
    </>
  );
}

function ViewLink({ row: { view } }: { row: ViewRow }) {
  return <Link href={featureViewHref(view.name)}>{view.name}</Link>;
}
