import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { Chips } from "#components/respond/debug/chips.tsx";
import { readDebugState } from "#components/respond/debug/debug-state.ts";
import { SpanMenus } from "#components/respond/debug/span-menus.tsx";
import { predictionHref } from "#components/serve/endpoints/addresses.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { BoardPanels } from "./board-panels.tsx";

export async function generateMetadata({ params }: PageProps<"/endpoints/[endpoint]/debug">) {
  return { title: `${decodeURIComponent((await params).endpoint)}, Debug` };
}

export default async function DebugEndpointPage({ params, searchParams }: PageProps<"/endpoints/[endpoint]/debug">) {
  const name = decodeURIComponent((await params).endpoint);
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const deployedAt = endpoint.history[0]?.deployedAt.getTime();
  const state = readDebugState(await searchParams, { now: Date.now(), deployedAt });
  return (
    <ServicePage
      ctx={ctx}
      endpoint={endpoint}
      tab="debug"
      help="monitoring#debug"
      updates={state.range === null ? "events" : "live"}
      controls={<SpanMenus endpoint={name} state={state} />}
    >
      <Chips endpoint={name} state={state} />
      <BoardPanels ctx={ctx} endpoint={endpoint} state={state} hrefOf={(id) => predictionHref(name, id)} />
    </ServicePage>
  );
}
