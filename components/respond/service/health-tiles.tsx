import { Definition } from "#components/ui/definition.tsx";
import { formatCount, formatCountOf } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { MetricTile } from "#components/ui/metric-tile.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { problemLabels, stateBadges } from "#components/watch/monitoring/drift/drift-labels.ts";
import { metricText, stateBadges as qualityBadges } from "#components/watch/monitoring/quality/quality-text.ts";
import { formatRemaining } from "#components/watch/slo/budget-text.ts";
import { SloState } from "#components/watch/slo/slos-table.tsx";
import type { ServiceHealth } from "#server/respond/service/contract.ts";
import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import { metricFacts } from "#server/watch/monitoring/quality/metrics/constants.ts";

/** Tiles of the tabs that can go wrong, each with the state that its tab shows: error budget, quality and drift. */
export function HealthTiles({ endpoint, health }: { endpoint: string; health: ServiceHealth }) {
  return (
    <>
      <BudgetTile slos={health.slos} />
      <QualityTile endpoint={endpoint} quality={health.quality} />
      <DriftTile endpoint={endpoint} drift={health.drift} />
    </>
  );
}

function BudgetTile({ slos }: Pick<ServiceHealth, "slos">) {
  const worst = slos?.find(({ budget }) => budget?.remaining != null) ?? slos?.[0];
  const remaining = worst?.budget?.remaining ?? null;
  return (
    <MetricTile
      label={
        <Definition
          name="Error budget left"
          sentence="Failures still allowed in the period of the SLO with the least budget left."
        >
          Error budget left
        </Definition>
      }
      value={remaining === null || !worst ? null : formatRemaining(worst.budget).replace(/ left$/, "")}
      comparison={worst ? <SloState condition={worst.condition} /> : slos ? "no SLO" : "could not load the SLOs"}
    />
  );
}

function QualityTile({ endpoint, quality }: Pick<ServiceHealth, "quality"> & { endpoint: string }) {
  if (!quality) return <MetricTile label="Quality" value={null} comparison="could not load the quality" />;
  const { metric, realised, estimated, state } = quality;
  const { label } = metricFacts[metric];
  const measured = realised ?? estimated;
  const badge = qualityBadges[state];
  return (
    <MetricTile
      label={
        <Link href={endpointTabHref(endpoint, "quality")}>
          {label}
          {measured ? (realised ? ", realised" : ", estimated") : ""}
        </Link>
      }
      value={measured && metricText(metric, measured.value)}
      comparison={<StatusBadge state={badge.state}>{badge.word}</StatusBadge>}
    />
  );
}

function DriftTile({ endpoint, drift }: Pick<ServiceHealth, "drift"> & { endpoint: string }) {
  const label = <Link href={endpointTabHref(endpoint, "drift")}>Drifting features</Link>;
  if (!drift) return <MetricTile label={label} value={null} comparison="could not load the drift" />;
  const { window, problem } = drift;
  if (!window) return <MetricTile label={label} value={null} comparison={problemLabels[problem ?? "no-rows"].title} />;
  const badge = stateBadges[window.verdict.state];
  return (
    <MetricTile
      label={label}
      value={formatCount(window.verdict.drifted)}
      unit={formatCountOf(window.verdict.drifted, window.verdict.tested).replace(/^\S+ /, "")}
      comparison={<StatusBadge state={badge.state}>{badge.word}</StatusBadge>}
    />
  );
}
