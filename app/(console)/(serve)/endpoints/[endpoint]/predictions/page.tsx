import { requireContext } from "#app/_lib/context.ts";
import { found } from "#app/_lib/found.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { predictionHref, predictionsHref } from "#components/serve/endpoints/addresses.ts";
import { LabelCountsLine } from "#components/serve/predictions/label-counts.tsx";
import { PredictionFilter } from "#components/serve/predictions/prediction-filter.tsx";
import { PredictionsTable } from "#components/serve/predictions/predictions-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Link } from "#components/ui/link.tsx";
import { TabHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toWire } from "#components/ui/wire.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { signaturesOf } from "../signatures-of.ts";
import { readLog } from "./read-log.ts";

export async function generateMetadata({ params }: PageProps<"/endpoints/[endpoint]/predictions">) {
  return { title: `Predictions, ${decodeURIComponent((await params).endpoint)}, Endpoints` };
}

export default async function PredictionsPage({
  params,
  searchParams,
}: PageProps<"/endpoints/[endpoint]/predictions">) {
  const name = decodeURIComponent((await params).endpoint);
  const { q: query, cursor } = await searchParams;
  const q = typeof query === "string" ? query : "";
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const { predictions, next, problem, labels, capture } = await readLog(ctx, endpoint, q, cursor);
  const signatures = await signaturesOf(ctx, predictions);
  const versions = [...new Set(endpoint.history.map(({ version }) => version))];
  return (
    <ServicePage ctx={ctx} endpoint={endpoint} tab="predictions" help="deploy#prediction-log" updates="none">
      <TabHead
        context="Sampled, failed and low-confidence requests, newest first"
        sentence={<LabelCountsLine labels={labels} capture={capture} endpoint={name} />}
      />
      <PredictionFilter endpoint={name} q={q} error={problem} versions={versions} />
      <Panel flush>
        <PredictionsTable
          predictions={toWire(predictions)}
          signatures={signatures}
          hrefOf={({ id }) => predictionHref(name, id)}
          isWide
          empty={<Nothing endpoint={name} isFiltered={q !== ""} />}
          foot={
            (cursor || next) && (
              <>
                {cursor && <Link href={predictionsHref(name, { q })}>Newest</Link>}
                {next && <Link href={predictionsHref(name, { q, cursor: next })}>Older</Link>}
              </>
            )
          }
        />
      </Panel>
    </ServicePage>
  );
}

function Nothing({ endpoint, isFiltered }: { endpoint: string; isFiltered: boolean }) {
  if (isFiltered)
    return (
      <EmptyState title="No matching predictions" action={<Link href={predictionsHref(endpoint)}>Show all</Link>}>
        Fields are version, arm, status, label, confidence, loggedReason, id and at.
      </EmptyState>
    );
  return (
    <>
      <LiveRefresh topics={[]} everyMs={5_000} />
      <EmptyState title="No predictions logged yet">Logged requests appear here within a few seconds.</EmptyState>
    </>
  );
}
