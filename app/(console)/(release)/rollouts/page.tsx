import { requireContext } from "#app/_lib/context.ts";
import { newRolloutHref } from "#components/release/rollouts/addresses.ts";
import { RollOutButton } from "#components/release/rollouts/roll-out-button.tsx";
import { isActive } from "#components/release/rollouts/rollout-text.ts";
import { RolloutsTable } from "#components/release/rollouts/rollouts-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { listRollouts } from "#server/release/rollouts/queries.ts";

export const metadata = { title: "Rollouts" };

const shown = 50;

export default async function RolloutsPage({ searchParams }: PageProps<"/rollouts">) {
  const ctx = await requireContext();
  const { cursor } = await searchParams;
  const isFirst = typeof cursor !== "string";
  const [active, { rollouts, next }] = await Promise.all([
    isFirst ? listRollouts(ctx, { active: true, limit: 200 }) : { rollouts: [] },
    listRollouts(ctx, { active: false, limit: shown, ...(!isFirst && { cursor }) }),
  ]);
  const all = [...active.rollouts, ...rollouts.filter((each) => !isActive(each))];
  return (
    <Page crumbs={[{ label: "Rollouts" }]} live>
      <LiveRefresh topics={["rollout"]} everyMs={15_000} />
      <PageHead
        help="roll-out#start-a-rollout"
        title="Rollouts"
        context="Gradual rollouts, promoted or rolled back based on evidence"
        actions={<RollOutButton primary />}
      />
      <Panel title="Rollouts" subtitle="in progress first, then newest" flush>
        {all.length === 0 ? (
          <EmptyState
            title="No rollouts yet"
            action={
              <ButtonLink href={newRolloutHref()} variant="default">
                Start a rollout
              </ButtonLink>
            }
          >
            A rollout moves the traffic of an endpoint to a new version, step by step and by evidence.
          </EmptyState>
        ) : (
          <RolloutsTable rollouts={all} />
        )}
      </Panel>
      {next && (
        <ButtonLink href={`/rollouts?cursor=${encodeURIComponent(next)}`} variant="default">
          Older rollouts
        </ButtonLink>
      )}
    </Page>
  );
}
