import { foundOrNot } from "#app/_lib/found.ts";
import { type DebugState, debugHref } from "#components/respond/debug/debug-state.ts";
import { Link } from "#components/ui/link.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { toWire } from "#components/ui/wire.ts";
import { problemLabels } from "#components/watch/monitoring/drift/drift-labels.ts";
import { FeaturePanel } from "#components/watch/monitoring/drift/feature-panel.tsx";
import { FeaturesPanel } from "#components/watch/monitoring/drift/features-panel.tsx";
import { NoDrift } from "#components/watch/monitoring/drift/no-drift.tsx";
import { endpointQualityHref } from "#components/watch/monitoring/quality/addresses.ts";
import { ClassesPanel } from "#components/watch/monitoring/quality/classes-panel.tsx";
import { QualityChart } from "#components/watch/monitoring/quality/quality-chart.tsx";
import type { Context } from "#server/base/context.ts";
import type { EndpointDetails } from "#server/serve/endpoints/contract.ts";
import { getDrift } from "#server/watch/monitoring/drift/report/get-drift.ts";
import { getDriftHistory } from "#server/watch/monitoring/drift/report/get-drift-history.ts";
import { getFeatureDrift } from "#server/watch/monitoring/drift/report/get-feature-drift.ts";
import { getQualityBoard } from "#server/watch/monitoring/quality/queries.ts";

/** Renders the drifting features in the time range, and the distribution of one of them over that of the reference. */
export async function driftPanels(ctx: Context, { id: endpointId, name, current }: EndpointDetails, state: DebugState) {
  const query = { endpointId, from: new Date(state.from), to: new Date(state.to) };
  const { features, problem, length } = await getDrift(ctx, query);
  if (problem) {
    const version = current && { id: current.versionId, model: current.modelName, version: current.version };
    return <NoDrift problem={problem} words={problemLabels[problem]} endpoint={name} version={version} />;
  }
  const feature = features.find((each) => each.name === state.feature)?.name ?? features[0]?.name;
  const detail = feature ? await foundOrNot(getFeatureDrift(ctx, { ...query, feature })) : undefined;
  const kept = await getDriftHistory(ctx, { endpointId, length, to: query.to, ...(feature && { feature }) });
  return (
    <Columns columns="minmax(0, 4fr) minmax(0, 3fr)">
      <FeaturesPanel
        features={features}
        shown="all"
        current={feature}
        noun="day"
        hrefOf={(view) => debugHref(name, state, { feature: view.feature ?? "" })}
      />
      <FeaturePanel detail={detail} history={toWire(kept)} rangeText="in this time range" />
    </Columns>
  );
}

/** Renders estimated and realised quality over the time range, and each class separately. */
export async function qualityPanels(ctx: Context, { id: endpointId, name }: EndpointDetails, state: DebugState) {
  const span = { endpointId, from: new Date(state.from), to: new Date(state.to) };
  const { summary, history, detail } = await getQualityBoard(ctx, span);
  return (
    <Columns columns="minmax(0, 3fr) minmax(0, 2fr)">
      <Panel id="quality" title="Quality" right={<Link href={endpointQualityHref(name)}>Whole time range</Link>}>
        <QualityChart history={toWire(history)} summary={toWire(summary)} />
      </Panel>
      {detail.classes.length > 0 ? <ClassesPanel classes={detail.classes} /> : <NoClasses />}
    </Columns>
  );
}

function NoClasses() {
  return (
    <Panel title="By class">
      <EmptyState title="No class has enough labels yet">
        Classes appear once their labels are complete; pending labels are never counted as correct.
      </EmptyState>
    </Panel>
  );
}
