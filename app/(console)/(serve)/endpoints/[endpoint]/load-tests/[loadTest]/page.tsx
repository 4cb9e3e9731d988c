import { notFound } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { endpointHref, loadTestsHref } from "#components/serve/endpoints/addresses.ts";
import { CancelLoadTest } from "#components/serve/load-test/cancel-load-test.tsx";
import { LoadTestChart } from "#components/serve/load-test/load-test-chart.tsx";
import {
  describeFinding,
  describeLoad,
  describeProgress,
  stateLabels,
} from "#components/serve/load-test/load-test-text.ts";
import { StepsTable } from "#components/serve/load-test/steps-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { isActive, LoadTestKey } from "#server/serve/load-test/contract.ts";
import { getLoadTest } from "#server/serve/load-test/queries.ts";
import { cancelLoadTestAction } from "../actions.ts";

type Props = PageProps<"/endpoints/[endpoint]/load-tests/[loadTest]">;

export async function generateMetadata({ params }: Props) {
  return { title: `Load test, ${decodeURIComponent((await params).endpoint)}, Endpoints` };
}

export default async function LoadTestPage({ params }: Props) {
  const { endpoint, loadTest: id } = await params;
  const name = decodeURIComponent(endpoint);
  const ctx = await requireContext();
  const { id: endpointId } = await found(getEndpoint(ctx, { name }));
  const key = LoadTestKey.safeParse({ endpointId, id });
  if (!key.success) notFound();
  const test = await found(getLoadTest(ctx, key.data));
  const { model, version, state, message, reason, startedBy } = test;
  const words = stateLabels[state];
  return (
    <Page
      crumbs={[
        { label: "Endpoints", href: "/endpoints" },
        { label: name, href: endpointHref(name) },
        { label: "Load tests", href: loadTestsHref(name) },
        { label: `${model} v${version}` },
      ]}
      live={isActive(test)}
    >
      {isActive(test) && <LiveRefresh topics={["endpoint"]} id={endpointId} everyMs={5_000} />}
      <PageHead
        help="deploy#load-tests"
        title={`Load test of ${model} v${version}`}
        badges={
          <StatusBadge state={words.state} filled>
            {words.word}
          </StatusBadge>
        }
        context={`${describeLoad(test)}${test.isLive ? ", alongside live traffic" : ""}. Started by ${startedBy}${reason && `: ${reason}`}.`}
        sentence={isActive(test) ? describeProgress(test) : (message ?? describeFinding(test))}
        actions={
          <>
            <ButtonLink href={versionHref(model, version)} variant="default">
              View version
            </ButtonLink>
            {isActive(test) && (
              <CancelLoadTest
                cancel={cancelLoadTestAction.bind(null, key.data)}
                why={denialReason(ctx.actor.role, "cancelLoadTest")}
              />
            )}
          </>
        }
      />
      <LoadTestChart test={test} />
      {message && <p className="lw-muted">{describeFinding(test)}</p>}
      <Panel
        id="steps"
        title="Steps"
        subtitle={`latency is measured from the scheduled send time; 95% interval in brackets`}
        flush
      >
        <StepsTable test={test} />
      </Panel>
    </Page>
  );
}
