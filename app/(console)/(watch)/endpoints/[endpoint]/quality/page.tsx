import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { orUndefined } from "#app/_lib/or-undefined.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { retrainHref } from "#components/improve/retraining/addresses.ts";
import { predictionsHref } from "#components/serve/endpoints/addresses.ts";
import { describeFit, momentsOf } from "#components/serve/endpoints/fit-range.ts";
import { heldRange, resolveSince } from "#components/serve/endpoints/time-range.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { TabHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { FailedState } from "#components/ui/states.tsx";
import { toWire } from "#components/ui/wire.ts";
import { FindingList } from "#components/watch/monitoring/findings/finding-list.tsx";
import { endpointQualityHref, type QualityView } from "#components/watch/monitoring/quality/addresses.ts";
import { QualityBadge } from "#components/watch/monitoring/quality/quality-state.tsx";
import {
  qualityRangeOf,
  qualityRanges,
  usualRange,
  widenedRange,
} from "#components/watch/monitoring/quality/ranges.ts";
import type { Context } from "#server/base/context.ts";
import { findPolicyOfEndpoint } from "#server/improve/retraining/policies/find-policy-of-endpoint.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import type { GetQuality } from "#server/watch/monitoring/quality/contract.ts";
import { QualityMetric } from "#server/watch/monitoring/quality/metrics/contract.ts";
import { getQuality } from "#server/watch/monitoring/quality/queries.ts";
import { getMonitor } from "#server/watch/monitoring/settings/queries.ts";
import { requestAnalysisAction } from "../../../datasets/compare/actions.ts";
import { BoardPanels } from "./board-panels.tsx";
import { readQualityPage, readRequestState } from "./read-page.ts";

type Props = PageProps<"/endpoints/[endpoint]/quality">;

export async function generateMetadata({ params }: Props) {
  return { title: `${decodeURIComponent((await params).endpoint)}, Quality` };
}

export default async function EndpointQualityPage({ params, searchParams }: Props) {
  const name = decodeURIComponent((await params).endpoint);
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const endpointId = endpoint.id;
  const search = resolveSince(await searchParams, endpoint.current?.deployedAt);
  const view = viewOf(search);
  const { metric, segment = "" } = view;
  const { range, widened } = await rangeOf(ctx, { endpointId, metric, segment }, search);
  const fit = describeFit(search, range, "Quality");
  const query = { endpointId, ...momentsOf(range, Date.now()), metric, segment };
  const { board, markers, analyses, findings, weeks } = await readQualityPage(ctx, query);
  const why = denialReason(ctx.actor.role, "requestAnalysis");
  const requestState = { ...(await readRequestState(ctx, endpoint, query)), request: requestAnalysisAction, why };
  const policy = await findPolicyOfEndpoint(ctx, endpointId);
  return (
    <ServicePage
      ctx={ctx}
      endpoint={endpoint}
      tab="quality"
      help="monitoring#model-quality"
      range={{ shown: range, choices: qualityRanges, widens: true }}
    >
      <LiveRefresh topics={["monitoring"]} id={endpointId} everyMs={60_000} />
      <TabHead
        badges={board && <QualityBadge state={board.summary.state} filled />}
        context={
          <span>
            {range.fixed ? range.words : `Last ${range.label}`}
            {segment && `, ${segment} only`}
            {widened ? (
              <>
                . {widened.label} holds only {plural(widened.labels, "label")}, so Quality opened {range.label}.{" "}
                <Link href={endpointQualityHref(name, { ...view, held: { ...view.held, exact: "1" } })}>
                  Back to {widened.label}
                </Link>
              </>
            ) : (
              fit && `. ${fit}`
            )}
          </span>
        }
        sentence={board?.summary.words[0]}
        actions={
          <>
            {segment && (
              <ButtonLink variant="default" href={endpointQualityHref(name, { ...view, segment: undefined })}>
                All rows
              </ButtonLink>
            )}
            <ButtonLink variant="default" href={predictionsHref(name, { q: "label = wrong" })}>
              Incorrect predictions
            </ButtonLink>
            {policy && (
              <ButtonLink variant="default" href={retrainHref(policy.model)}>
                Retrain…
              </ButtonLink>
            )}
          </>
        }
      />
      {findings.length > 0 && (
        <Panel title="Open issues" subtitle="open until resolved" flush>
          <FindingList label="Open issues" findings={findings} />
        </Panel>
      )}
      {board ? (
        <BoardPanels
          board={board}
          markers={markers}
          analyses={analyses}
          requestState={requestState}
          deployments={toWire(endpoint.history)}
          name={name}
          view={view}
          weeks={weeks}
        />
      ) : (
        <Panel>
          <FailedState title="Could not load the quality of this endpoint">
            Labels and predictions are still being recorded; see the log of the web role for details.
          </FailedState>
        </Panel>
      )}
    </ServicePage>
  );
}

type Search = Record<string, string | string[] | undefined>;

function viewOf(search: Search): QualityView {
  const metric = QualityMetric.safeParse(search.metric).data;
  const segment = typeof search.segment === "string" ? search.segment.slice(0, 300) : undefined;
  return { held: heldRange(search), metric, segment };
}

/** Returns the range to show: the usual one without one in the address, and a wider one where another tab chose one with too few labels. */
async function rangeOf(ctx: Context, of: Omit<GetQuality, "from" | "to">, search: Search) {
  const usual = usualRange((await getMonitor(ctx, { endpointId: of.endpointId })).settings.lengths);
  const asked = qualityRangeOf(search);
  if (!asked || search.exact || asked.lengthMs >= usual.lengthMs) return { range: asked ?? usual, widened: undefined };
  const summary = await orUndefined("labels", () => getQuality(ctx, { ...of, ...momentsOf(asked, Date.now()) }));
  const range = summary && widenedRange(asked, summary.labelled, usual);
  return range
    ? { range, widened: { label: asked.label, labels: summary.labelled } }
    : { range: asked, widened: undefined };
}
