import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { orUndefined } from "#app/_lib/or-undefined.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { BlockedVersions } from "#components/release/blocks/blocked-versions.tsx";
import { DeploymentsTable } from "#components/release/endpoints/deployments-table.tsx";
import { RolloutNotice } from "#components/release/rollouts/rollout-notice.tsx";
import { RolloutsTable } from "#components/release/rollouts/rollouts-table.tsx";
import { rangeOf, resolveSince, timeRanges } from "#components/serve/endpoints/time-range.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { listRollouts } from "#server/release/rollouts/queries.ts";
import { getServiceHead } from "#server/respond/service/head-queries.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { unblockAction } from "../../../../(serve)/endpoints/[endpoint]/actions.ts";
import { DeployVersionButton, ManualRollback } from "../../../../(serve)/endpoints/[endpoint]/endpoint-actions.tsx";
import { readTraffic } from "../../../../(serve)/endpoints/[endpoint]/read-page.ts";

type Props = PageProps<"/endpoints/[endpoint]/releases">;

const maxRollouts = 20;

export async function generateMetadata({ params }: Props) {
  return { title: `Releases, ${decodeURIComponent((await params).endpoint)}, Endpoints` };
}

export default async function ReleasesPage({ params, searchParams }: Props) {
  const name = decodeURIComponent((await params).endpoint);
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const range = rangeOf(resolveSince(await searchParams, endpoint.current?.deployedAt));
  const { id, history, gateways } = endpoint;
  const head = await getServiceHead(ctx, endpoint);
  const { traffic, rollout, blocks } = await readTraffic(ctx, endpoint, range);
  const past = await orUndefined("rollouts", () => listRollouts(ctx, { endpointId: id, limit: maxRollouts }));
  return (
    <ServicePage
      ctx={ctx}
      endpoint={endpoint}
      tab="releases"
      head={head}
      help="deploy#first-deployment"
      range={{ shown: range, choices: timeRanges }}
      actions={<DeployVersionButton ctx={ctx} endpoint={endpoint} />}
    >
      {rollout && <LiveRefresh topics={["rollout"]} id={rollout.id} />}
      <RolloutNotice rollout={rollout} />
      <Panel
        id="deployments"
        title="Deployments"
        subtitle={`newest first; metrics for the ${range.words}`}
        right={
          <ManualRollback
            ctx={ctx}
            endpoint={endpoint}
            traffic={traffic}
            range={range}
            blocks={blocks}
            hasKey={head.incident === null}
          />
        }
        flush
      >
        <BlockedVersions
          endpoint={{ id, name }}
          blocks={blocks}
          unblock={unblockAction}
          actorName={ctx.actor.name}
          why={denialReason(ctx.actor.role, "unblockVersion")}
        />
        {history.length === 0 ? (
          <EmptyState title="Nothing deployed yet">
            Click “Deploy a version” above. The endpoint serves requests as soon as a gateway has loaded it.
          </EmptyState>
        ) : (
          <DeploymentsTable history={history} gateways={gateways} versions={traffic?.versions ?? []} />
        )}
      </Panel>
      <Panel id="rollouts" title="Rollouts" subtitle="newest first" flush>
        {!past ? (
          <FailedState title="Could not load the rollouts">See the log of the web role.</FailedState>
        ) : past.rollouts.length === 0 ? (
          <EmptyState title="No rollouts yet">Roll out a version to let evidence decide, step by step.</EmptyState>
        ) : (
          <RolloutsTable rollouts={past.rollouts} />
        )}
      </Panel>
    </ServicePage>
  );
}
