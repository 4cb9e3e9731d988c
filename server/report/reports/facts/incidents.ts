import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { incidentSeverities } from "#server/respond/incidents/constants.ts";
import { uncountedStates } from "#server/respond/incidents/contract.ts";
import { listIncidents } from "#server/respond/incidents/queries.ts";
import type { Spread } from "#server/respond/incidents/response/contract.ts";
import { responseMetrics } from "#server/respond/incidents/response/queries.ts";
import { countText, durationText, figure } from "../figure.ts";
import type { ReportFacts } from "./contract.ts";
import type { ReadSpan } from "./objectives.ts";

/** Maximum number of incidents in a response; a workspace with more incidents a week has other problems. */
const most = 500;

export type IncidentFacts = Pick<ReportFacts, "incidents" | "response"> & {
  /** Incidents that started in the period, worst first, for the sentence. */
  started: readonly { number: number; severity: string; title: string; endpoint: string | null }[];
};

/** Reads the incidents of the period and the response to them, from the incidents' own measurements. The caller has checked permissions. */
export async function readIncidents(ctx: Context, span: ReadSpan): Promise<IncidentFacts> {
  // The end is exclusive: it belongs to the next period.
  const within = (from: number, to: number) => ({ from: new Date(from), to: new Date(to - 1) });
  const [now, before, { incidents }] = await sideBySide(ctx, [
    () => responseMetrics(ctx, within(span.from, span.until)),
    () => responseMetrics(ctx, within(span.previous, span.from)),
    () => listIncidents(ctx, { ...within(span.from, span.until), limit: most }),
  ]);
  const real = incidents.filter(({ state }) => !uncountedStates.includes(state));
  const list = `/incidents?from=${iso(span.from)}&to=${iso(span.until - 1)}`;
  const common = { href: list, knownUntil: span.until };
  const count = now.incidents + now.open;
  const time = (id: "detect" | "acknowledge" | "restore", unit: string) =>
    figure({
      ...common,
      id: `response.${id}`,
      definition: `response.${id}` as const,
      text: durationText,
      unit,
      value: now[id]?.median ?? null,
      before: before[id]?.median ?? null,
      basis: basisOf(now[id]),
      reason: count === 0 ? "none" : "none resolved yet",
    });
  return {
    incidents: {
      count: figure({
        ...common,
        id: "incidents.count",
        definition: "incidents.count",
        text: countText,
        value: count,
        before: before.incidents + before.open,
        basis: now.open > 0 ? `${countText(now.open)} still open` : "",
      }),
      severities: incidentSeverities.flatMap((severity) => {
        const of = real.filter((incident) => incident.severity === severity).length;
        return of > 0 ? [{ severity, count: of }] : [];
      }),
      customerMinutes: figure({
        ...common,
        id: "incidents.customer-minutes",
        definition: "incidents.customer-minutes",
        text: countText,
        value: count === 0 ? 0 : now.customerMinutes,
        before: before.customerMinutes,
        basis: `${countText(now.incidents)} resolved incident${now.incidents === 1 ? "" : "s"}`,
        reason: now.incidents === 0 ? "none resolved yet" : "callers not identified",
      }),
    },
    response: {
      detect: time("detect", "to detect"),
      acknowledge: time("acknowledge", "to acknowledge"),
      restore: time("restore", "to resolve"),
    },
    started: real.toSorted((one, other) => one.severity.localeCompare(other.severity)),
  };
}

function basisOf(spread: Spread): string {
  if (!spread) return "";
  return spread.count === 1 ? "one incident" : `median of ${countText(spread.count)} incidents`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
