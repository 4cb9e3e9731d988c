import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { LoadTestChart } from "#components/serve/load-test/load-test-chart.tsx";
import { LoadTestsTable } from "#components/serve/load-test/load-tests-table.tsx";
import { StartLoadTestButton } from "#components/serve/load-test/start-load-test.tsx";
import { TabHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { isActive } from "#server/serve/load-test/contract.ts";
import { listLoadTests } from "#server/serve/load-test/queries.ts";
import { versionChoices } from "../../version-choices.ts";
import { startLoadTestAction } from "./actions.ts";

export async function generateMetadata({ params }: PageProps<"/endpoints/[endpoint]/load-tests">) {
  return { title: `Load tests, ${decodeURIComponent((await params).endpoint)}, Endpoints` };
}

export default async function LoadTestsPage({ params }: PageProps<"/endpoints/[endpoint]/load-tests">) {
  const name = decodeURIComponent((await params).endpoint);
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const { id, current, archivedAt, unloadedAt } = endpoint;
  const tests = await listLoadTests(ctx, { endpointId: id });
  const newest = tests.find(({ steps }) => steps.length > 1);
  const choices = current ? await versionChoices(ctx, current) : [];
  const versions = choices
    .filter(({ problem }) => !problem)
    .map(({ modelName: model, version }) => ({ model, version, isLive: version === current?.version }));
  const disabledReason = archivedAt
    ? "archived"
    : unloadedAt
      ? "unloaded"
      : !current
        ? "nothing is deployed yet"
        : tests.some(isActive)
          ? "one load test at a time"
          : denialReason(ctx.actor.role, "startLoadTest");
  return (
    <ServicePage ctx={ctx} endpoint={endpoint} tab="traffic" below="Load tests" help="deploy#load-tests">
      <TabHead
        context="Latency at rising request rates, for deployed and undeployed versions; evidence for latency gates"
        actions={
          <StartLoadTestButton
            endpoint={{ id, name }}
            // Suggests versions without traffic first.
            versions={versions.toSorted((a, b) => Number(a.isLive) - Number(b.isLive))}
            start={startLoadTestAction}
            actorName={ctx.actor.name}
            why={disabledReason}
          />
        }
      />
      {newest && (
        <Panel id="newest" title={`${newest.model} v${newest.version}`} subtitle="latest test with more than one rate">
          <LoadTestChart test={newest} />
        </Panel>
      )}
      <Panel id="tests" title="Tests" subtitle="newest first" flush>
        {tests.length === 0 ? (
          <EmptyState title="No load tests yet">
            A load test sends requests at increasing rates and measures latency. It is excluded from live statistics.
          </EmptyState>
        ) : (
          <LoadTestsTable tests={tests} />
        )}
      </Panel>
    </ServicePage>
  );
}
