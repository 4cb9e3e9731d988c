import { Sparkline } from "#components/charts/sparkline.tsx";
import { Definition } from "#components/ui/definition.tsx";
import { formatCount, formatCountOf, formatNumber, formatPercent, formatUnit, nbsp } from "#components/ui/format.ts";
import { MetricStrip, MetricTile, MetricTileSkeleton } from "#components/ui/metric-tile.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { EndpointSeries, TrafficTotal } from "#server/serve/series/contract.ts";
import type { TimeRange } from "./time-range.ts";

type Traffic = Wire<EndpointSeries>;

interface TrafficStripProps {
  traffic: Traffic | undefined;
  range: TimeRange;
}

interface TileProps {
  traffic: Traffic;
  range: TimeRange;
}

const quantiles = {
  p50: { field: "latencyMsP50", sentence: "Half of all requests finished within this time." },
  p95: { field: "latencyMsP95", sentence: "95% of all requests finished within this time." },
  p99: { field: "latencyMsP99", sentence: "99% of all requests finished within this time." },
} as const;

/** Renders requests, latency and errors of the range, each beside the previous range. */
export function TrafficStrip({ traffic, range }: TrafficStripProps) {
  if (!traffic) {
    return (
      <MetricStrip>
        {["requests", "p50", "p95", "p99", "errors"].map((key) => (
          <MetricTileSkeleton key={key} />
        ))}
      </MetricStrip>
    );
  }
  return (
    <MetricStrip>
      <RequestsTile traffic={traffic} range={range} />
      <LatencyTile traffic={traffic} range={range} quantile="p50" />
      <LatencyTile traffic={traffic} range={range} quantile="p95" />
      <LatencyTile traffic={traffic} range={range} quantile="p99" />
      <ErrorsTile traffic={traffic} range={range} />
    </MetricStrip>
  );
}

/** Tile of the request rate, beside the range before. */
export function RequestsTile({ traffic, range }: TileProps) {
  const { total, before } = traffic;
  return (
    <MetricTile
      label={<Rate total={total} range={range} />}
      {...split(formatUnit(total.requestsPerSecond, "/s"))}
      comparison={shared(total) ?? `${range.label} before: ${formatUnit(before.requestsPerSecond, "/s")}`}
      sparkline={<Shape traffic={traffic} value={(step) => step.requestsPerSecond} />}
    />
  );
}

/** Tile of a latency quantile of all versions, beside the range before. */
export function LatencyTile({ traffic, range, quantile }: TileProps & { quantile: keyof typeof quantiles }) {
  const { total, before } = traffic;
  const { field, sentence } = quantiles[quantile];
  return (
    <MetricTile
      label={
        <Definition name={`${quantile} latency`} sentence={sentence} formula={quantileFormula(quantile, total, range)}>
          {quantile}
        </Definition>
      }
      {...split(formatUnit(total[field], "ms"))}
      comparison={`${range.label} before: ${formatUnit(before[field], "ms")}`}
      sparkline={<Shape traffic={traffic} value={(step) => step[field]} />}
    />
  );
}

/** Tile of the share of requests that failed, beside the range before. */
export function ErrorsTile({ traffic, range }: TileProps) {
  const { total, before } = traffic;
  return (
    <MetricTile
      label={
        <Definition
          name="Errors"
          sentence="Requests that failed with a 5xx status. Client errors (4xx) are not counted."
          formula={`server errors / requests\n= ${formatCount(total.serverErrors)} / ${formatCount(total.requests)}`}
        >
          Errors
        </Definition>
      }
      {...split(formatPercent(errorShare(total)))}
      comparison={total.requests > 0 ? failures(total) : `${range.label} before: ${formatPercent(errorShare(before))}`}
      sparkline={
        <Shape traffic={traffic} value={(step) => (step.requests > 0 ? step.serverErrors / step.requests : null)} />
      }
    />
  );
}

function Rate({ total, range }: { total: TrafficTotal; range: TimeRange }) {
  return (
    <Definition
      name="Requests"
      sentence={`Requests per second over the ${range.words}, while a gateway served the endpoint.`}
      formula={`requests / seconds served\n= ${formatCount(total.requests)} / ${formatNumber(secondsOf(total))}`}
    >
      Requests
    </Definition>
  );
}

/** Describes the requests excluded from the count because they did not run the model. */
function shared({ cacheHits, coalesced }: TrafficTotal): string | undefined {
  const parts = [
    ...(cacheHits > 0 ? [`${formatCount(cacheHits)} from the cache`] : []),
    ...(coalesced > 0 ? [`${formatCount(coalesced)} coalesced`] : []),
  ];
  return parts.length > 0 ? `and ${parts.join(", ")}` : undefined;
}

function secondsOf({ requests, requestsPerSecond }: TrafficTotal): number | null {
  return requestsPerSecond ? Math.round(requests / requestsPerSecond) : null;
}

function quantileFormula(name: string, total: TrafficTotal, range: TimeRange): string {
  return `0.${name.slice(1)} quantile of ${formatCount(total.requests)} latencies\n${range.words}, within 1%`;
}

function Shape({ traffic, value }: { traffic: Traffic; value: (step: Traffic["steps"][number]) => number | null }) {
  const stepMs = traffic.stepSeconds * 1000;
  const points = traffic.steps.flatMap((step, index) => {
    const at = Date.parse(step.at);
    const next = traffic.steps[index + 1];
    const point = { at, value: value(step) };
    return next && Date.parse(next.at) - at > stepMs ? [point, { at: at + stepMs, value: null }] : [point];
  });
  return <Sparkline points={points} width={60} />;
}

function errorShare({ serverErrors, requests }: TrafficTotal): number | null {
  return requests > 0 ? serverErrors / requests : null;
}

function failures({ serverErrors, clientErrors, requests }: TrafficTotal): string {
  const refused = clientErrors > 0 ? `, ${formatCount(clientErrors)} rejected` : "";
  return `${formatCountOf(serverErrors, requests)}${refused}`;
}

/** Splits "83 ms" into a figure and its unit; a text without a number has no value. */
function split(text: string): { value: string | null; unit?: string } {
  const at = text.lastIndexOf(nbsp);
  return at < 0 ? { value: /\d/.test(text) ? text : null } : { value: text.slice(0, at), unit: text.slice(at + 1) };
}
