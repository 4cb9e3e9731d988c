import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { materialisationsPath } from "#components/develop/addresses/materialisation-href.ts";
import { FeatureTabs } from "#components/develop/features/feature-tabs.tsx";
import { MaterialisationsTable } from "#components/develop/features/materialisations/materialisations-table.tsx";
import { MaterialiseButton } from "#components/develop/features/materialisations/materialise-button.tsx";
import { isInProgress } from "#components/develop/features/work-state.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listFeatureViews, listViewSources } from "#server/develop/features/definitions/queries.ts";
import { listMaterialisations } from "#server/develop/features/materialisations/queries.ts";
import { startMaterialisationAction } from "./actions.ts";
import { materialisableViews } from "./materialisable-views.ts";

export const metadata = { title: "Materialisations, Features" };

const limit = 200;

export default async function MaterialisationsPage({ searchParams }: PageProps<"/features/materialisations">) {
  const { view } = await searchParams;
  const ctx = await requireContext();
  const chosen = typeof view === "string" && view !== "" ? view : undefined;
  const work = await listMaterialisations(ctx, { limit, ...(chosen !== undefined && { view: chosen }) });
  const active = work.filter(isInProgress).length;
  const views = materialisableViews(await listFeatureViews(ctx), await listViewSources(ctx), work);
  return (
    <Page crumbs={[{ label: "Features", href: "/features" }, { label: "Materialisations" }]} live>
      <LiveRefresh topics={["features"]} {...(active > 0 && { everyMs: 5_000 })} />
      <PageHead
        help="feature-store#materialise"
        title="Materialisations"
        context="Look-ups continue; older values never overwrite newer ones"
        sentence={active > 0 && `${plural(active, "materialisation")} in progress.`}
        actions={
          <MaterialiseButton
            views={chosen === undefined ? views : views.filter(({ name }) => name === chosen)}
            start={startMaterialisationAction}
            why={denialReason(ctx.actor.role, "startMaterialisation")}
          />
        }
      />
      <FeatureTabs current="materialisations" />
      <Panel
        flush
        {...(chosen !== undefined && {
          title: chosen,
          right: <Link href={materialisationsPath}>All views</Link>,
        })}
      >
        {work.length === 0 ? (
          <EmptyState title={chosen === undefined ? "No materialisations yet" : `No materialisations of ${chosen}`}>
            A materialisation loads the rows of a source into its views: the newest row per key for look-ups, and all
            rows for training sets.
          </EmptyState>
        ) : (
          <MaterialisationsTable
            work={work}
            foot={
              <span>
                {work.length === limit
                  ? `The newest ${plural(limit, "materialisation")}`
                  : `${plural(work.length, "materialisation")}, newest first`}
              </span>
            }
          />
        )}
      </Panel>
    </Page>
  );
}
