import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { type LabelHealth, readLabelHealth } from "#server/improve/labelling/health/read-label-health.ts";
import { endpointLabels, watchedEndpoints } from "../../../alerting/alerts/rules/watched-endpoints.ts";
import type { Observation, ObservedRule } from "../observation.ts";
import { findLabelProblem } from "./find-label-problem.ts";
import type { SpecOf } from "./spec-of.ts";

/** Agreement changes with each run, and what waits with each label: neither is read every ten seconds. */
const freshMs = 5 * minuteMs;
const known = new Map<string, { at: number; projects: LabelHealth[] }>();

/** Observes the labels of active projects: of one, of those of an endpoint, or of all. A project that is paused or archived has ended. */
export async function observeLabels(
  ctx: Context,
  spec: SpecOf<"labels">,
  rule: ObservedRule,
  now: number,
): Promise<Observation[]> {
  const endpoints = new Map((await watchedEndpoints(ctx, rule.endpointId)).map((one) => [one.id, one]));
  // Nothing fires about an archived endpoint.
  if (rule.endpointId !== null && !endpoints.has(rule.endpointId)) return [];
  const projects = (await readProjects(ctx, now)).filter(
    ({ projectId, endpointId }) =>
      (spec.projectId === null || projectId === spec.projectId) &&
      (rule.endpointId === null || endpointId === rule.endpointId),
  );
  return projects.flatMap((health) =>
    spec.on.map((problem): Observation => {
      const { project, projectId, endpointId } = health;
      const endpoint = endpointId === null ? undefined : endpoints.get(endpointId);
      const part = `${problem} ${projectId}`;
      return {
        part,
        title: project,
        ...findLabelProblem(problem, health, { limits: spec, isFiring: rule.firing.has(part), now }),
        labels: { service: project, ...(endpoint && endpointLabels(endpoint)), label_project: project, problem },
        endpointId: endpoint?.id ?? null,
        href: `/labels/${projectId}`,
      };
    }),
  );
}

async function readProjects(ctx: Context, now: number): Promise<LabelHealth[]> {
  const { workspaceId } = ctx.actor;
  const last = known.get(workspaceId);
  if (last && Math.abs(now - last.at) < freshMs) return last.projects;
  const projects = await readLabelHealth(ctx);
  known.set(workspaceId, { at: now, projects });
  return projects;
}
