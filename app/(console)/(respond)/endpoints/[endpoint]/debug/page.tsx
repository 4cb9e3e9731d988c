import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { Chips } from "#components/respond/debug/chips.tsx";
import { CompareMenu } from "#components/respond/debug/compare-menu.tsx";
import { debugRanges, ofEarlierReleases, readDebugState } from "#components/respond/debug/debug-state.ts";
import { predictionHref } from "#components/serve/endpoints/addresses.ts";
import { describeFit } from "#components/serve/endpoints/fit-range.ts";
import { resolveSince } from "#components/serve/endpoints/time-range.ts";
import { TabHead } from "#components/ui/page-head.tsx";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { BoardPanels } from "./board-panels.tsx";

export async function generateMetadata({ params }: PageProps<"/endpoints/[endpoint]/debug">) {
  return { title: `${decodeURIComponent((await params).endpoint)}, Debug` };
}

export default async function DebugEndpointPage({ params, searchParams }: PageProps<"/endpoints/[endpoint]/debug">) {
  const name = decodeURIComponent((await params).endpoint);
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const search = resolveSince(ofEarlierReleases(await searchParams), endpoint.current?.deployedAt);
  const state = readDebugState(search, Date.now());
  const fit = describeFit(search, state.shown, "Debug");
  return (
    <ServicePage
      ctx={ctx}
      endpoint={endpoint}
      tab="debug"
      help="monitoring#debug"
      range={{ shown: state.shown, choices: debugRanges }}
      controls={<CompareMenu endpoint={name} state={state} />}
    >
      {fit && <TabHead context={fit} />}
      <Chips endpoint={name} state={state} />
      <BoardPanels ctx={ctx} endpoint={endpoint} state={state} hrefOf={(id) => predictionHref(name, id)} />
    </ServicePage>
  );
}
