import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { retrainHref } from "#components/improve/retraining/addresses.ts";
import { predictionsHref } from "#components/serve/endpoints/addresses.ts";
import { describeFit } from "#components/serve/endpoints/fit-range.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { TabHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { FailedState } from "#components/ui/states.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { FindingList } from "#components/watch/monitoring/findings/finding-list.tsx";
import { endpointQualityHref, type QualityView } from "#components/watch/monitoring/quality/addresses.ts";
import { QualityBadge } from "#components/watch/monitoring/quality/quality-state.tsx";
import {
  type QualityRange,
  qualityRangeOf,
  qualityRanges,
  qualitySpan,
  usualRange,
} from "#components/watch/monitoring/quality/ranges.ts";
import { findPolicyOfEndpoint } from "#server/improve/retraining/policies/find-policy-of-endpoint.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { QualityMetric } from "#server/watch/monitoring/quality/metrics/contract.ts";
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
  const search = await searchParams;
  const view = viewOf(search);
  const { metric, segment = "" } = view;
  const range = view.range ?? usualRange((await getMonitor(ctx, { endpointId })).settings.lengths);
  const fit = describeFit(search, range, "Quality");
  const query = { endpointId, ...qualitySpan(range, Date.now()), metric, segment };
  const { board, markers, analyses, findings, weeks } = await readQualityPage(ctx, query);
  const why = denialReason(ctx.actor.role, "requestAnalysis");
  const requestState = { ...(await readRequestState(ctx, endpoint, query)), request: requestAnalysisAction, why };
  const policy = await findPolicyOfEndpoint(ctx, endpointId);
  return (
    <ServicePage ctx={ctx} endpoint={endpoint} tab="quality" help="monitoring#model-quality">
      <LiveRefresh topics={["monitoring"]} id={endpointId} everyMs={60_000} />
      <TabHead
        badges={board && <QualityBadge state={board.summary.state} filled />}
        context={`Last ${range.label}${segment ? `, ${segment} only` : ""}${fit ? `. ${fit}` : ""}`}
        sentence={board?.summary.words[0]}
        actions={
          <>
            <SegmentedLinks label="Time range" items={rangesOf(name, view, range)} />
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

function viewOf(search: Record<string, string | string[] | undefined>): QualityView {
  const metric = QualityMetric.safeParse(search.metric).data;
  const segment = typeof search.segment === "string" ? search.segment.slice(0, 300) : undefined;
  return { range: qualityRangeOf(search), metric, segment };
}

function rangesOf(name: string, view: QualityView, shown: QualityRange) {
  return qualityRanges.map((range) => ({
    label: range.label,
    href: endpointQualityHref(name, { ...view, range }),
    current: range === shown,
  }));
}
