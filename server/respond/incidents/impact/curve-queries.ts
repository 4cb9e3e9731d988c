import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";
import { countIndicator } from "#server/watch/slo/indicators/count-indicator.ts";
import { GetIncident } from "../contract.ts";
import { findIncident } from "../incident-rows.ts";
import { burnRate } from "./burn-rate.ts";
import type { IncidentCurve } from "./contract.ts";
import { readObjectives } from "./read-objectives.ts";

const aroundMs = 2 * hourMs;
const maxMs = 5 * 24 * hourMs;
const maxPoints = 720;
const windowMinutes = 5;

/** Returns the error rate around an incident, of each linked objective, or of the endpoint's responses. @throws DomainError "not-found" */
export async function getIncidentCurve(ctx: Context, input: GetIncident): Promise<IncidentCurve> {
  permit(ctx, "getIncidentCurve");
  const { id, endpointId, startedAt, mitigatedAt, resolvedAt } = await findIncident(
    ctx,
    GetIncident.parse(input).number,
  );
  const now = Math.floor(Date.now() / minuteMs) * minuteMs;
  const from = Math.floor(startedAt.getTime() / minuteMs) * minuteMs - aroundMs;
  const end = (mitigatedAt ?? resolvedAt)?.getTime();
  const to = Math.min(now, from + maxMs, end === undefined ? now : end + aroundMs);
  const objectives = await readObjectives(ctx, id, { from, to });
  const lines = objectives.map(({ name, target, counts }) => lineOf(name, 1 - target, counts));
  if (lines.length === 0 && endpointId) {
    const counts = await countIndicator(ctx, { kind: "availability", endpointId }, { from, to });
    lines.push(lineOf("Failed requests", null, counts));
  }
  return { from, to, lines };
}

function lineOf(name: string, allowed: number | null, counts: MinuteCounts): IncidentCurve["lines"][number] {
  const every = Math.max(1, Math.ceil(counts.total.length / maxPoints));
  const points = [];
  for (let index = every - 1; index < counts.total.length; index += every) {
    // The burn rate of an objective that allows everything is its share of bad events.
    const value = burnRate(counts, 0, index, Math.max(windowMinutes, every));
    points.push({ at: counts.start + (index + 1) * minuteMs, value });
  }
  return { name, allowed, points };
}
