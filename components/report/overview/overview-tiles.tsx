import type { ReactNode } from "react";
import { endpointHref } from "#components/serve/endpoints/addresses.ts";
import { Definition } from "#components/ui/definition.tsx";
import { formatCount, formatNumber, formatPercent, nbsp, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Overview, OverviewEndpoint } from "#server/report/overview/contract.ts";

/** Shows today's key figures, each next to a reference value. */
export function OverviewTiles({ overview }: { overview: Overview }) {
  const { endpoints, runs, registry } = overview;
  const failing = endpoints.filter(({ state }) => state.kind === "failing").length;
  const requests = sum(endpoints.map((endpoint) => endpoint.requests));
  const errors = sum(endpoints.map((endpoint) => endpoint.serverErrors));
  const rate = sum(endpoints.map((endpoint) => endpoint.requestsPerSecond ?? 0));
  const slowest = slowestOf(endpoints);
  return (
    <MetricStrip>
      <MetricTile
        label="Endpoints"
        badge={failing > 0 && <StatusBadge state="missed">{`${formatCount(failing)} failing`}</StatusBadge>}
        value={endpoints.length > 0 ? formatCount(endpoints.length) : null}
        comparison={<Evidence href="/endpoints">{describeStates(endpoints) || "All endpoints"}</Evidence>}
        large
      />
      <MetricTile
        label={`Requests, last 24${nbsp}h`}
        value={endpoints.length > 0 ? formatCount(requests) : null}
        comparison={
          endpoints.length > 0 ? `${formatNumber(rate)}${nbsp}/s in the last 5${nbsp}min` : "no endpoints yet"
        }
        large
      />
      <MetricTile
        label={
          <Definition
            name="Availability"
            sentence={`Share of requests that did not fail with a 5xx status, over the last 24${nbsp}h.`}
            formula={`1 − server errors / requests\n= 1 − ${formatCount(errors)} / ${formatCount(requests)}`}
          >
            Availability
          </Definition>
        }
        {...percent(requests > 0 ? 1 - errors / requests : null)}
        comparison={requests > 0 ? `${formatCount(errors)} of ${formatCount(requests)} failed` : "no requests"}
        large
      />
      <MetricTile
        label={
          <Definition
            name="p95 latency, worst"
            sentence={`95% of the requests to the slowest endpoint finished within this time in the last 5${nbsp}min.`}
          >
            Worst p95
          </Definition>
        }
        value={slowest ? formatNumber(slowest.latencyMsP95) : null}
        unit="ms"
        comparison={
          slowest ? (
            <Evidence href={endpointHref(slowest.name, "15m")}>{slowest.name}</Evidence>
          ) : (
            `no requests in 5${nbsp}min`
          )
        }
        large
      />
      <MetricTile
        label={`Runs, last 7${nbsp}days`}
        badge={
          runs.failedLast7Days > 0 && (
            <StatusBadge state="missed">{`${formatCount(runs.failedLast7Days)} failed`}</StatusBadge>
          )
        }
        value={formatCount(runs.startedLast7Days)}
        comparison={
          <Evidence href="/experiments">
            {runs.running > 0
              ? `${formatCount(runs.running)} running now`
              : `previous 7${nbsp}days: ${formatCount(runs.started7DaysBefore)}`}
          </Evidence>
        }
        large
      />
      <MetricTile
        label="Versions registered"
        value={formatCount(registry.versions)}
        unit={`in ${plural(registry.models, "model")}`}
        comparison={
          <Evidence href="/models">{`${formatCount(registry.registeredLast7Days)} in the last 7 days`}</Evidence>
        }
        large
      />
    </MetricStrip>
  );
}

/** Counts endpoints by their state, worst first, as the list has them: "1 failing, 2 healthy". */
function describeStates(endpoints: readonly OverviewEndpoint[]): string {
  return [...Map.groupBy(endpoints, ({ state }) => state.word)]
    .map(([word, those]) => `${formatCount(those.length)} ${word.replace(/^./, (letter) => letter.toLowerCase())}`)
    .join(", ");
}

function Evidence({ href, children }: { href: string; children: ReactNode }) {
  return <Link href={href}>{children}</Link>;
}

function percent(ratio: number | null): { value: string | null; unit?: string } {
  if (ratio === null) return { value: null };
  return { value: formatPercent(ratio).replace("%", ""), unit: "%" };
}

function slowestOf(endpoints: readonly OverviewEndpoint[]): OverviewEndpoint | undefined {
  return endpoints.reduce<OverviewEndpoint | undefined>(
    (worst, each) => ((each.latencyMsP95 ?? -1) > (worst?.latencyMsP95 ?? 0) ? each : worst),
    undefined,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
