import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { Chips } from "#components/respond/debug/chips.tsx";
import { readDebugState } from "#components/respond/debug/debug-state.ts";
import { SpanMenus } from "#components/respond/debug/span-menus.tsx";
import { EndpointStateBadge } from "#components/respond/endpoint-states/endpoint-state-badge.tsx";
import { endpointHref, predictionHref, predictionsHref } from "#components/serve/endpoints/addresses.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { withStates } from "#server/respond/endpoint-states/with-states.ts";
import { getEndpoint, listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { BoardPanels } from "./board-panels.tsx";

export async function generateMetadata({ params }: PageProps<"/debug/[endpoint]">) {
  return { title: `${decodeURIComponent((await params).endpoint)}, Debug` };
}

export default async function DebugEndpointPage({ params, searchParams }: PageProps<"/debug/[endpoint]">) {
  const name = decodeURIComponent((await params).endpoint);
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const { current, history } = endpoint;
  const [described] = await withStates(ctx, [endpoint]);
  const deployedAt = history[0]?.deployedAt.getTime();
  const state = readDebugState(await searchParams, { now: Date.now(), deployedAt });
  const { endpoints } = await listEndpoints(ctx);
  const siblings = endpoints.map((each) => ({ label: each.name, href: `/debug/${encodeURIComponent(each.name)}` }));
  return (
    <Page
      crumbs={[
        { label: "Debug", href: "/debug" },
        { label: name, siblings },
      ]}
      live
      controls={<SpanMenus endpoint={name} state={state} />}
    >
      {state.range !== null && <LiveRefresh topics={["endpoint"]} id={endpoint.id} everyMs={30_000} />}
      <PageHead
        help="monitoring#debug"
        title={name}
        badges={described && <EndpointStateBadge state={described.state} filled />}
        context={current ? `Serving ${current.modelName} v${current.version}` : "Nothing deployed"}
        actions={
          <>
            <ButtonLink variant="default" href={endpointHref(name)}>
              Endpoint
            </ButtonLink>
            <ButtonLink variant="default" href={predictionsHref(name)}>
              Prediction log
            </ButtonLink>
          </>
        }
      />
      <Chips endpoint={name} state={state} />
      <BoardPanels ctx={ctx} endpoint={endpoint} state={state} hrefOf={(id) => predictionHref(name, id)} />
    </Page>
  );
}
