import { requireContext } from "#app/_lib/context.ts";
import { newTrainingSetPath } from "#components/develop/addresses/training-set-href.ts";
import { FeatureTabs } from "#components/develop/features/feature-tabs.tsx";
import { TrainingSetsTable } from "#components/develop/features/training-sets/training-sets-table.tsx";
import { isInProgress } from "#components/develop/features/work-state.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { plural } from "#components/ui/format.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listTrainingSets } from "#server/develop/features/training-sets/queries.ts";

export const metadata = { title: "Training sets, Features" };

const limit = 200;

export default async function TrainingSetsPage({ searchParams }: PageProps<"/training-sets">) {
  const { name } = await searchParams;
  const ctx = await requireContext();
  const chosen = typeof name === "string" && name !== "" ? name : undefined;
  const sets = await listTrainingSets(ctx, { limit, ...(chosen !== undefined && { name: chosen }) });
  const active = sets.filter(isInProgress).length;
  return (
    <Page crumbs={[{ label: "Features", href: "/features" }, { label: "Training sets" }]} live>
      <LiveRefresh topics={["features"]} {...(active > 0 && { everyMs: 5_000 })} />
      <PageHead
        help="feature-store#training-sets"
        title="Training sets"
        context={chosen === undefined ? "Rows joined with the features known at their time" : `of dataset ${chosen}`}
        actions={
          <ButtonLink href={newTrainingSetPath} rightSection={<Keys keys={["T"]} />}>
            Create training set…
          </ButtonLink>
        }
        sentence={active > 0 && `${plural(active, "training set")} in progress.`}
      />
      <FeatureTabs current="training-sets" />
      <Panel flush>
        {sets.length === 0 ? (
          <EmptyState title={chosen === undefined ? "No training sets yet" : `No training sets of ${chosen}`}>
            Create one from the rows of a dataset and the features of a service. Each row gets the values known at its
            time.
          </EmptyState>
        ) : (
          <TrainingSetsTable
            sets={sets}
            foot={
              <span>
                {sets.length === limit
                  ? `The newest ${plural(limit, "training set")}`
                  : `${plural(sets.length, "training set")}, newest first`}
              </span>
            }
          />
        )}
      </Panel>
    </Page>
  );
}
