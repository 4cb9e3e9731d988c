import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found } from "#app/_lib/found.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { retrainHref } from "#components/improve/retraining/addresses.ts";
import { changeMarkers } from "#components/respond/debug/change-markers.ts";
import { describeFit } from "#components/serve/endpoints/fit-range.ts";
import { resolveSince } from "#components/serve/endpoints/time-range.ts";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { ChoiceMenu } from "#components/ui/choice-menu.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Columns, TabHead } from "#components/ui/page-head.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { toWire } from "#components/ui/wire.ts";
import { AnalysesPanel } from "#components/watch/monitoring/analyses/analyses-panel.tsx";
import { driftHref } from "#components/watch/monitoring/drift/addresses.ts";
import { DriftActions } from "#components/watch/monitoring/drift/drift-actions.tsx";
import { problemLabels, stateBadges } from "#components/watch/monitoring/drift/drift-labels.ts";
import { ExpectedPanel } from "#components/watch/monitoring/drift/expected-panel.tsx";
import { FeaturePanel } from "#components/watch/monitoring/drift/feature-panel.tsx";
import { FeaturesPanel } from "#components/watch/monitoring/drift/features-panel.tsx";
import { NoDrift } from "#components/watch/monitoring/drift/no-drift.tsx";
import { QuadrantChart } from "#components/watch/monitoring/drift/quadrant-chart.tsx";
import { QualityPanel } from "#components/watch/monitoring/drift/quality-panel.tsx";
import { driftRangeChoices, nounOf } from "#components/watch/monitoring/drift/ranges.ts";
import { VerdictBanner } from "#components/watch/monitoring/drift/verdict-banner.tsx";
import { findPolicyOfEndpoint } from "#server/improve/retraining/policies/find-policy-of-endpoint.ts";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { requestAnalysisAction } from "../../../datasets/compare/actions.ts";
import { markExpectedAction, revokeExpectedAction } from "./actions.ts";
import { readDriftPage, viewOf } from "./read-page.ts";

type Props = PageProps<"/endpoints/[endpoint]/drift">;

export async function generateMetadata({ params }: Props) {
  return { title: `${decodeURIComponent((await params).endpoint)}, Drift` };
}

export default async function EndpointDriftPage({ params, searchParams }: Props) {
  const endpoint = decodeURIComponent((await params).endpoint);
  const ctx = await requireContext();
  const details = await found(getEndpoint(ctx, { name: endpoint }));
  const endpointId = details.id;
  const search = resolveSince(await searchParams, details.current?.deployedAt);
  const view = viewOf(search);
  const { range } = view;
  const { report, feature, detail, history, quality, analyses } = await readDriftPage(ctx, endpointId, view);
  const policy = await findPolicyOfEndpoint(ctx, endpointId);
  const { verdict, version, reference, problem, features } = report;
  const address = { endpoint, held: view.requested.held, version: view.requested.version, segment: view.segment };
  const hrefOf = (more: { feature?: string | undefined; show?: string | undefined }) =>
    driftHref({ ...address, ...more });
  const fit = describeFit(search, range, "Drift");
  const rangeText = range.words;
  const noun = nounOf(range);
  const why = denialReason(ctx.actor.role, "markExpected");
  return (
    <ServicePage
      ctx={ctx}
      endpoint={details}
      tab="drift"
      help="monitoring#drift"
      range={{ shown: range, choices: driftRangeChoices }}
    >
      <LiveRefresh topics={["monitoring"]} id={endpointId} everyMs={60_000} />
      <TabHead
        badges={
          <StatusBadge state={verdict ? stateBadges[verdict.state].state : "no-data"} filled>
            {verdict ? stateBadges[verdict.state].word : "No data"}
          </StatusBadge>
        }
        context={
          <span>
            {version && `v${version.version}, ${rangeText}`}
            {reference && ` against ${reference.words}`}
            {verdict && `; ${formatCount(report.rows)} requests`}
            {report.checkedAt && (
              <>
                {"; checked "}
                <RelativeTime at={report.checkedAt} />
              </>
            )}
            {fit && `. ${fit}`}
          </span>
        }
        actions={
          <>
            {report.versions.length > 1 && version && (
              <ChoiceMenu
                label="Version"
                chosen={`v${version.version}`}
                choices={report.versions.map((each) => ({
                  label: `${each.model} v${each.version}`,
                  href: driftHref({ ...address, feature, version: String(each.version) }),
                }))}
              />
            )}
            {(report.segments.length > 0 || view.segment) && (
              <ChoiceMenu
                label="Segment"
                chosen={view.segment || "All rows"}
                choices={["", ...report.segments].map((segment) => ({
                  label: segment || "All rows",
                  href: driftHref({ ...address, feature, segment }),
                }))}
              />
            )}
            <DriftActions
              report={report}
              current={feature}
              actorName={ctx.actor.name}
              markExpected={markExpectedAction}
              why={why}
            />
            {policy && (
              <ButtonLink variant="default" href={retrainHref(policy.model)}>
                Retrain…
              </ButtonLink>
            )}
          </>
        }
      />
      {problem ? (
        <NoDrift problem={problem} words={problemLabels[problem]} endpoint={endpoint} version={version} />
      ) : (
        <>
          <VerdictBanner report={report} noun={noun} />
          <Columns columns="minmax(0, 4fr) minmax(0, 3fr)">
            <FeaturesPanel features={features} shown={view.shown} current={feature} noun={noun} hrefOf={hrefOf} />
            <FeaturePanel detail={detail} history={history && toWire(history)} rangeText={rangeText} />
          </Columns>
          {reference?.hasImportances && (
            <QuadrantChart
              features={features}
              hrefs={Object.fromEntries(
                features.map(({ name }) => [
                  name,
                  hrefOf({ feature: name, show: view.shown === "all" ? undefined : view.shown }),
                ]),
              )}
            />
          )}
        </>
      )}
      <QualityPanel
        endpoint={endpoint}
        quality={quality && toWire(quality)}
        markers={changeMarkers(toWire(quality?.changes ?? []))}
      />
      <AnalysesPanel
        report={report}
        analyses={analyses}
        request={requestAnalysisAction}
        why={denialReason(ctx.actor.role, "requestAnalysis")}
      />
      {report.expected.length > 0 && (
        <ExpectedPanel
          marks={report.expected}
          actorName={ctx.actor.name}
          action={revokeExpectedAction}
          why={denialReason(ctx.actor.role, "revokeExpected")}
        />
      )}
    </ServicePage>
  );
}
