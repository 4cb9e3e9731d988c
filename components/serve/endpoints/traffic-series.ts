import type { Series } from "#components/charts/prepare.ts";
import { versionColour } from "#components/charts/series-style.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { Deployment } from "#server/serve/endpoints/contract.ts";
import type { EndpointSeries } from "#server/serve/series/contract.ts";
import { providerName } from "./provider-name.ts";
import { versionLabel } from "./version-label.ts";

type Traffic = Wire<EndpointSeries>;

export interface TrafficCharts {
  /** Requests per second, to be stacked. */
  rate: Series[];
  /** p99, p95 and p50 of all versions together, in milliseconds. */
  latency: Series[];
  /** Failed requests of each version, in percent. */
  errors: Series[];
  /** p95 of each version drawn alone, in milliseconds. */
  p95: Series[];
}

/** Versions drawn one by one; older ones are drawn together. */
const maxVersions = 3;

/**
 * Builds the series for the charts of an endpoint. Within the range, a step without any row is a gap. In a step in which the
 * endpoint was serving, a version without a row had no requests.
 */
export function trafficCharts(
  traffic: Traffic,
  servingId: string | undefined,
  range: { from: number; to: number },
): TrafficCharts {
  const moments = momentsOf(traffic, range);
  const steps = new Map(traffic.steps.map((step) => [Date.parse(step.at), step]));
  const points = (value: (step: Traffic["steps"][number]) => number | null) =>
    moments.map((at) => {
      const step = steps.get(at);
      return { at, value: step ? value(step) : null };
    });
  const groups = groupVersions(traffic, servingId);
  return {
    rate: groups.map(({ id, name, look, requests }) => ({
      id,
      label: name,
      ...look,
      points: points(({ at, coveredSeconds }) => (requests.get(Date.parse(at))?.requests ?? 0) / coveredSeconds),
    })),
    latency: [
      { id: "p99", label: "p99", index: 2, points: points((step) => step.latencyMsP99) },
      { id: "p95", label: "p95", index: 0, points: points((step) => step.latencyMsP95) },
      { id: "p50", label: "p50", role: "stable", points: points((step) => step.latencyMsP50) },
    ],
    errors: groups.map(({ id, name, look, requests }) => ({
      id,
      label: name,
      ...look,
      points: points(({ at }) => {
        const own = requests.get(Date.parse(at));
        return own && own.requests > 0 ? (own.errors / own.requests) * 100 : null;
      }),
    })),
    p95: groups
      .filter(({ latencies }) => latencies !== null)
      .map(({ id, name, look, latencies }) => ({
        id,
        label: name,
        ...look,
        points: points(({ at }) => latencies?.get(Date.parse(at)) ?? null),
      })),
  };
}

/** Returns every step from the first row on, so that a gap at the end is included. */
export function momentsOf({ stepSeconds, steps }: Traffic, range: { from: number; to: number }): number[] {
  const stepMs = stepSeconds * 1000;
  const first = steps[0] ? Date.parse(steps[0].at) : range.to;
  // The step that is being filled has no closed window yet.
  const last = Math.max(
    Date.parse(steps.at(-1)?.at ?? "") || 0,
    Math.floor((range.to - 2 * stepMs - 10_000) / stepMs) * stepMs,
  );
  return Array.from({ length: Math.max(0, (last - first) / stepMs + 1) }, (_, index) => first + index * stepMs);
}

interface VersionGroup {
  id: string;
  name: string;
  /** A version keeps its colour in every chart; older ones together are grey. */
  look: Pick<Series, "version" | "role">;
  /** Requests and errors by step. */
  requests: Map<number, { requests: number; errors: number }>;
  /** p95 by step, in milliseconds; null for versions drawn together, because quantiles do not add up. */
  latencies: Map<number, number | null> | null;
}

/** Groups versions: the serving one first, then the others in descending order; the rest form one group. */
function groupVersions({ versions, points }: Traffic, servingId: string | undefined): VersionGroup[] {
  const isServing = (versionId: string) => (versionId === servingId ? 0 : 1);
  const ordered = versions.toSorted(
    (a, b) =>
      isServing(a.versionId) - isServing(b.versionId) ||
      b.version - a.version ||
      a.modelName.localeCompare(b.modelName),
  );
  const sameModel = versions.every(({ modelName }) => modelName === versions[0]?.modelName) ? versions[0] : undefined;
  const alone = ordered.length > maxVersions ? ordered.slice(0, maxVersions - 1) : ordered;
  const rest = ordered.slice(alone.length);
  const groups: (Omit<VersionGroup, "requests" | "latencies"> & { ids: string[] })[] = alone.map((version) => ({
    id: version.versionId,
    name: `${versionLabel(version, sameModel)}${ranOn(version)}`,
    look: { version: versionColour(version.version, version.modelName === ordered[0]?.modelName) },
    ids: [version.versionId],
  }));
  if (rest.length > 0)
    groups.push({ id: "rest", name: "others", look: { role: "stable" }, ids: rest.map(({ versionId }) => versionId) });
  return groups.map(({ ids, ...group }) => ({
    ...group,
    requests: sumByStep(points, ids),
    latencies: ids.length === 1 ? p95ByStep(points, ids[0]) : null,
  }));
}

/** Returns the p95 of a version by step. Where it served as stable and canary, that of the arm with more requests. */
function p95ByStep(points: Traffic["points"], id: string | undefined): Map<number, number | null> {
  const busiest = new Map<number, Traffic["points"][number]>();
  for (const point of points) {
    if (point.arm === "shadow" || point.versionId !== id) continue;
    const at = Date.parse(point.at);
    const known = busiest.get(at);
    if (!known || point.requests > known.requests) busiest.set(at, point);
  }
  return new Map([...busiest].map(([at, { latencyMsP95 }]) => [at, latencyMsP95]));
}

/** Describes where requests ran; empty for rows without this information. */
function ranOn({ providers }: Traffic["versions"][number]): string {
  return providers.length > 0 ? ` · ${providers.map(providerName).join(" and ")}` : "";
}

function sumByStep(points: Traffic["points"], ids: readonly string[]): VersionGroup["requests"] {
  const sums: VersionGroup["requests"] = new Map();
  for (const { at, versionId, arm, requests, serverErrors } of points) {
    if (arm === "shadow" || !ids.includes(versionId)) continue;
    const moment = Date.parse(at);
    const sum = sums.get(moment) ?? { requests: 0, errors: 0 };
    sums.set(moment, { requests: sum.requests + requests, errors: sum.errors + serverErrors });
  }
  return sums;
}

/** A time in which one version was deployed, in milliseconds since 1970. */
export interface ServedSpan {
  from: number;
  to: number;
  model: string;
  version: number;
  label: string;
}

/** Returns which version was deployed when within a range, oldest first; a version that was deployed again goes on. @param history newest first */
export function servedSpans(
  history: readonly Pick<Wire<Deployment>, "modelName" | "version" | "deployedAt">[],
  range: { from: number; to: number },
): ServedSpan[] {
  const spans: ServedSpan[] = [];
  history.forEach((deployment, index) => {
    const { modelName: model, version, deployedAt } = deployment;
    const next = history[index - 1];
    const from = Math.max(range.from, Date.parse(deployedAt));
    const to = Math.min(range.to, next ? Date.parse(next.deployedAt) : range.to);
    if (to <= from) return;
    const later = spans.at(-1);
    if (later && later.model === model && later.version === version) later.from = from;
    else spans.push({ from, to, model, version, label: versionLabel(deployment, history[0]) });
  });
  return spans.reverse();
}

/** Deployments as change markers. @param href where they lead */
export function deploymentMarkers(history: readonly Wire<Deployment>[], href: string) {
  const sameModel = history.every(({ modelName }) => modelName === history[0]?.modelName) ? history[0] : undefined;
  return history.map((deployment) => ({
    at: Date.parse(deployment.deployedAt),
    label: versionLabel(deployment, sameModel),
    kind: "deploy" as const,
    href,
  }));
}
