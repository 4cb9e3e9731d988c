import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found, foundOrNot } from "#app/_lib/found.ts";
import { orUndefined } from "#app/_lib/or-undefined.ts";
import { ServicePage } from "#app/_service/service-page.tsx";
import { describeFit } from "#components/serve/endpoints/fit-range.ts";
import { resolveSince } from "#components/serve/endpoints/time-range.ts";
import { ViolationsPanel } from "#components/serve/endpoints/violations-panel.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { NamedText } from "#components/ui/named-text.tsx";
import { Columns, Stack, TabHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import { FindingList } from "#components/watch/monitoring/findings/finding-list.tsx";
import { CheckList } from "#components/watch/monitoring/integrity/check-list.tsx";
import { DataMenus } from "#components/watch/monitoring/integrity/data-menus.tsx";
import {
  dataHref,
  dataRanges,
  integrityQuery,
  readIntegrityView,
} from "#components/watch/monitoring/integrity/data-view.ts";
import { FeatureHistoryChart } from "#components/watch/monitoring/integrity/feature-history.tsx";
import { FeatureTable } from "#components/watch/monitoring/integrity/feature-table.tsx";
import {
  contextOf,
  describePromises,
  IntegrityVerdict,
  integritySentence,
} from "#components/watch/monitoring/integrity/integrity-verdict.tsx";
import { NoFeatures, versionHref } from "#components/watch/monitoring/integrity/no-features.tsx";
import { RulesButton } from "#components/watch/monitoring/integrity/rules-button.tsx";
import { getEndpoint } from "#server/serve/endpoints/endpoint-queries.ts";
import { getProtection, getViolations } from "#server/serve/protection/protection-queries.ts";
import { getFeatureHistory } from "#server/watch/monitoring/integrity/history.ts";
import { getIntegrity } from "#server/watch/monitoring/integrity/queries.ts";
import { getMonitor } from "#server/watch/monitoring/settings/queries.ts";
import { setDataRulesAction } from "./actions.ts";

type Props = PageProps<"/endpoints/[endpoint]/data">;

export async function generateMetadata({ params }: Props) {
  return { title: `${decodeURIComponent((await params).endpoint)}, Data` };
}

export default async function DataPage({ params, searchParams }: Props) {
  const name = decodeURIComponent((await params).endpoint);
  const ctx = await requireContext();
  const endpoint = await found(getEndpoint(ctx, { name }));
  const endpointId = endpoint.id;
  const search = resolveSince(await searchParams, endpoint.current?.deployedAt);
  const view = readIntegrityView(search);
  const { range, segment } = view;
  const fit = describeFit(search, range, "Data");
  const asked = integrityQuery(view);
  const [data, monitor] = await Promise.all([
    getIntegrity(ctx, { endpointId, ...asked, segment }),
    getMonitor(ctx, { endpointId }),
  ]);
  const wrong = data.features.filter(({ state }) => state === "broken");
  const shown = view.show === "wrong" ? wrong : data.features;
  const chosen = data.features.find(({ feature }) => feature === view.feature) ?? shown[0];
  const query = chosen && { endpointId, ...asked, segment, feature: chosen.feature };
  const history = query && (await foundOrNot(getFeatureHistory(ctx, query)));
  const { version } = data;
  const protection = await getProtection(ctx, { endpointId });
  const violations = await orUndefined("violations", () => getViolations(ctx, { endpointId, ...data.range }));
  return (
    <ServicePage
      ctx={ctx}
      endpoint={endpoint}
      tab="data"
      help="monitoring#data-quality"
      range={{ shown: range, choices: dataRanges }}
      controls={<DataMenus endpoint={name} view={view} segments={data.segments} />}
    >
      <LiveRefresh topics={["monitoring"]} id={endpointId} everyMs={30_000} />
      <TabHead
        badges={<IntegrityVerdict data={data} />}
        context={[contextOf(data, range.words), fit].filter(Boolean).join(". ")}
        sentence={<NamedText>{integritySentence(data)}</NamedText>}
        actions={
          version && (
            <ButtonLink href={versionHref(version)} variant="default">
              {version.model} v{version.version}
            </ButtonLink>
          )
        }
      />
      {data.findings.length > 0 && (
        <Panel title="Open issues" subtitle="worst first; open until resolved" flush>
          <FindingList label="Open issues" findings={data.findings} />
        </Panel>
      )}
      <Columns columns="1fr 348px">
        <Stack>
          <Panel
            title="Features"
            subtitle={`${range.words}, compared with the reference`}
            flush
            right={
              data.features.length > 0 && (
                <SegmentedLinks
                  label="Filter features"
                  items={(["all", "wrong"] as const).map((show) => ({
                    label: show === "all" ? `All ${data.features.length}` : `Failing ${wrong.length}`,
                    href: dataHref(name, view, { show }),
                    current: view.show === show,
                  }))}
                />
              )
            }
          >
            {data.features.length === 0 ? (
              <NoFeatures data={data} />
            ) : (
              <FeatureTable
                features={shown}
                total={data.features.length}
                chosen={chosen?.feature}
                hrefOf={(feature) => dataHref(name, view, { feature })}
              />
            )}
          </Panel>
          {history && (
            <FeatureHistoryChart
              history={history}
              range={{ from: data.range.from.getTime(), to: data.range.to.getTime() }}
            />
          )}
        </Stack>
        <Stack>
          {chosen && (
            <Panel title={<code>{chosen.feature}</code>} subtitle="all checks" flush>
              <CheckList label={`Checks for ${chosen.feature}`} checks={chosen.checks} />
            </Panel>
          )}
          <Panel
            title="Endpoint checks"
            subtitle={describePromises(data)}
            flush
            right={
              <RulesButton
                endpointId={endpointId}
                endpoint={name}
                rules={monitor.settings.rules}
                revision={monitor.revision}
                actorName={ctx.actor.name}
                action={setDataRulesAction}
                why={denialReason(ctx.actor.role, "setMonitor")}
              />
            }
          >
            <CheckList label="Endpoint checks" checks={data.checks} />
          </Panel>
        </Stack>
      </Columns>
      <ViolationsPanel endpoint={name} fields={protection.fields} report={violations} rangeText={range.words} />
    </ServicePage>
  );
}
