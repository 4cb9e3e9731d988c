import { requireContext } from "#app/_lib/context.ts";
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
      />
      <Panel title="Rollouts" subtitle="in progress first, then newest" flush>
        {all.length === 0 ? (
          <EmptyState
            title="No rollouts yet"
            action={
              <ButtonLink href="/endpoints" variant="default">
                View endpoints
              </ButtonLink>
            }
          >
            Start a rollout from an endpoint, or from a version that fits one: “Roll out…”.
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
