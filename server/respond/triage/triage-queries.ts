import { and, eq, isNull, sql } from "drizzle-orm";
import { rollouts as rolloutRows, slos } from "#db/schema/index.ts";
import { Acknowledgement, internalPrefix } from "#server/alerting/alerts/contract.ts";
import { serviceTitle } from "#server/alerting/alerts/incident-title.ts";
import { loadRouting } from "#server/alerting/alerts/routing/load-routing.ts";
import { allRoutes } from "#server/alerting/alerts/routing/walk-routes.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { isActive } from "#server/develop/registry/versions/refuse-while-rolling-out.ts";
import { findPolicyOfEndpoint } from "#server/improve/retraining/policies/find-policy-of-endpoint.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { blocksOf } from "#server/release/endpoints/blocks/block-rows.ts";
import { type StoredRollout, selectRollouts } from "#server/release/rollouts/rollout-rows.ts";
import { concludeCause } from "#server/respond/cause/conclude-cause.ts";
import { findMarkedCause } from "#server/respond/cause/find-marked-cause.ts";
import { effectOf } from "#server/respond/cause/possible-causes.ts";
import { readSegments } from "#server/respond/cause/segments/read-segments.ts";
import { withoutTried } from "#server/respond/cause/tried-changes.ts";
import { listChanges } from "#server/respond/changes/queries.ts";
import { readFoldChoices } from "#server/respond/incidents/folding/queries.ts";
import { findStart } from "#server/respond/incidents/impact/find-start.ts";
import { similarIncidents } from "#server/respond/incidents/similar/queries.ts";
import { nextEscalation } from "#server/respond/oncall/escalation/queries.ts";
import { findMatching } from "#server/respond/silences/refresh-matching.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { driftRows } from "#server/watch/monitoring/drift/report/list-drift.ts";
import { findingsAround } from "#server/watch/monitoring/findings/findings-around.ts";
import { findSloOfWatch, watchOf } from "#server/watch/monitoring/findings/slo-of-watch.ts";
import { type StoredSlo, selectSlos } from "#server/watch/objectives/stored-slos.ts";
import { countSlo } from "#server/watch/slo/counting/count-slo.ts";
import { findFreeze } from "#server/watch/slo/freezes/queries.ts";
import { describeIndicator } from "#server/watch/slo/indicators/describe-indicator.ts";
import { adviseOn } from "./advice/advise.ts";
import { readWaysBack } from "./advice/ways-back.ts";
import { GetTriage, type Triage } from "./contract.ts";
import { findDeliveryProblems } from "./find-delivery-problems.ts";
import { findSubject, type Subject } from "./find-subject.ts";
import type { TriageNumbers, TriageSlo } from "./numbers/contract.ts";
import { readNumbers } from "./numbers/read-numbers.ts";
import { readReceipts } from "./read-receipts.ts";
import { recoveryChecks } from "./recovery-checks.ts";
import { triageRange } from "./triage-range.ts";
import { lastActor } from "./who-acts.ts";

/** Time range before an alert that is searched for the first bad minute, and before that for changes. */
const lookbackMs = 6 * hourMs;
const changesMs = 2 * hourMs;
/** Maximum number of findings that a reader can take in at night. */
const maxFindings = 6;

/**
 * Returns everything that the triage board shows of one line: a summary, the start, the probable cause, the burn rate, the affected
 * traffic segments and the possible actions.
 * @throws DomainError "not-found"; "invalid" unless exactly one of group and incident is given
 */
export async function getTriage(ctx: Context, input: GetTriage): Promise<Triage> {
  permit(ctx, "getTriage");
  const query = GetTriage.parse(input);
  const now = Date.now();
  const subject = await findSubject(ctx, query, now);
  const { row, groups, members, incident, endpoint } = subject;
  const silenced = await findSilenceScope(ctx, subject, now);
  const slo = await findSloOf(ctx, subject);
  const startedAt = await findRise(ctx, subject, slo);
  const until = incident?.resolvedAt?.getTime() ?? incident?.mitigatedAt?.getTime() ?? now;
  const [rollouts, deployed, freeze] = await sideBySide(ctx, [
    async () => (endpoint ? selectRollouts(ctx, and(eq(rolloutRows.endpointId, endpoint.id), isActive), 1) : []),
    async () => (endpoint ? currentDeployments(ctx, [endpoint.id]) : new Map<string, never>()),
    async () => (endpoint ? findFreeze(ctx, endpoint.id) : undefined),
  ]);
  const [rollout] = rollouts;
  const current = endpoint ? deployed.get(endpoint.id) : undefined;
  const deployedAt = current?.deployedAt.getTime();
  const { from, to } = triageRange(query, deployedAt, now);
  const indicator = slo?.definition.indicator ?? null;
  const [counted, changes, found, findings, similar, next, ways, acting, drift, marked, folding, policy, blocks] =
    await sideBySide(ctx, [
      () => readNumbers(ctx, { endpointId: endpoint?.id ?? null, slo, startedAt, from, to, now }),
      () =>
        listChanges(ctx, {
          ...(endpoint && { endpointId: endpoint.id }),
          from: new Date(Math.min(from, startedAt - changesMs)),
          to: new Date(now),
          limit: 100,
        }),
      async () =>
        endpoint
          ? readSegments(ctx, { endpointId: endpoint.id, endpoint: endpoint.name, indicator, startedAt, to: until })
          : undefined,
      async () => (endpoint ? findingsAround(ctx, { endpointId: endpoint.id, startedAt, until }) : []),
      () =>
        similarIncidents(ctx, {
          endpointId: endpoint?.id ?? null,
          limit: 3,
          ...(groups[0] && { ruleKey: groups[0].summary.ruleKey }),
          ...(incident && { except: incident.number }),
        }),
      async () => (row.groupId ? nextEscalation(ctx, row.groupId) : null),
      async () => (endpoint ? readWaysBack(ctx, endpoint.id, slo, startedAt) : undefined),
      async () => (incident ? lastActor(ctx, incident.id, now) : undefined),
      async () => (endpoint ? driftRows(ctx, [endpoint]) : []),
      async () => (incident ? findMarkedCause(ctx, incident.id) : undefined),
      async () => (incident ? readFoldChoices(ctx, incident) : null),
      async () => (endpoint ? findPolicyOfEndpoint(ctx, endpoint.id) : null),
      async () => (endpoint ? blocksOf(ctx, endpoint.id) : []),
    ]);
  const watcher = groups.flatMap(({ summary }) => watchOf(summary.ruleKey)?.watcher ?? [])[0] ?? null;
  const stage = row.stage;
  const cause = concludeCause({
    startedAt,
    effect: effectOf({ indicator: indicator?.kind ?? null, watcher }),
    // What was left without an effect was not the cause.
    changes: withoutTried(changes, { failed: stage?.failed ?? [], current }),
    findings,
    segments: found?.segments.rows ?? [],
    versions: found?.versions ?? [],
    marked,
  });
  const acknowledged = groups.flatMap((group) => Acknowledgement.safeParse(group.acknowledgement).data ?? []);
  const left = blocks.find(({ blockedAt }) => blockedAt.getTime() >= startedAt);
  return {
    row,
    title: titleOf(subject),
    words: slo?.state?.words ?? [],
    startedAt,
    foundAt: incident?.detectedAt.getTime() ?? groups[0]?.createdAt.getTime() ?? startedAt,
    endpoint: endpoint && {
      ...endpoint,
      serves: current ? `${current.modelName} v${current.version}` : null,
      deployedAt: deployedAt ?? null,
    },
    labels: silenced.labels,
    deliveryProblems: await findDeliveryProblems(ctx, groups),
    receipts: await readReceipts(ctx, {
      groupIds: groups.map(({ id }) => id),
      incidentId: incident?.id ?? null,
      acknowledgedBy: acknowledged.flatMap(({ userId }) => userId ?? []),
      acknowledgedAt: acknowledged.length > 0 ? Math.min(...acknowledged.map(({ at }) => at)) : null,
      now,
    }),
    alerts: members
      .filter(({ isFiring }) => isFiring)
      .slice(0, 50)
      .map(({ fingerprint, annotations, labels, startsAt, isFiring, muted }) => ({
        fingerprint,
        startsAt,
        isFiring,
        muted: muted?.words ?? null,
        title: annotations.summary || labels.alertname || fingerprint,
      })),
    slo: slo ? sloOf(slo, counted?.numbers ?? null) : null,
    numbers: counted?.numbers ?? null,
    changes,
    cause,
    findings: findings.slice(0, maxFindings),
    similar,
    folding,
    nextEscalation: next,
    segments: found?.segments ?? null,
    drift: drift[0] ?? null,
    rollout: rollout ? rolloutOf(rollout) : null,
    freeze: freeze ?? null,
    recovery: recoveryChecks({
      stage,
      numbers: counted?.whole ?? null,
      tiers: slo?.state?.tiers ?? [],
      firing: row.alerts,
      left: left && { id: left.versionId, version: left.version },
      now,
    }),
    blocks,
    runbook: runbookOf(subject, slo),
    retrainedModel: policy?.model ?? null,
    actions: adviseOn({
      row,
      endpoint,
      current,
      rollout,
      ways,
      cause,
      freeze,
      stage,
      next,
      acting,
      otherGroups: silenced.otherGroups,
      folding,
      moves: incident?.state,
      retrainedModel: policy?.model ?? null,
      now,
    }),
  };
}

/** Labels for a silence of a line, and how many other groups they mute now. */
interface SilenceScope {
  labels: Record<string, string>;
  otherGroups: number;
}

async function findSilenceScope(ctx: Context, subject: Subject, now: number): Promise<SilenceScope> {
  const { row, groups } = subject;
  const group = groups.find(({ id }) => id === row.groupId);
  const { routing } = await loadRouting(ctx);
  const route = allRoutes(routing).find(({ path }) => path === group?.routePath);
  const labels = silencedLabels(subject, route?.groupBy ?? []);
  const matchers = Object.entries(labels).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }));
  if (matchers.length === 0) return { labels, otherGroups: 0 };
  const { groupIds } = await findMatching(ctx, [matchers], now);
  return { labels, otherGroups: groupIds.filter((id) => id !== row.groupId).length };
}

/**
 * Returns the labels for a silence of the line: those of its group and the severity, or without grouping, all that its alerts share. A
 * label of the grouping that the group lacks is empty: otherwise groups that have it would be muted too.
 */
function silencedLabels({ row, groups, members }: Subject, groupBy: readonly string[]): Record<string, string> {
  const own = members
    .filter(({ groupId, isFiring }) => groupId === row.groupId && isFiring)
    .map(({ labels }) => labels);
  const shared = Object.fromEntries(
    Object.entries(own[0] ?? {}).filter(([name, value]) => own.every((labels) => labels[name] === value)),
  );
  const grouped = groups.find(({ id }) => id === row.groupId)?.labels ?? {};
  if (Object.keys(grouped).length === 0) return shared;
  const missing = groupBy.filter((name) => name !== "..." && grouped[name] === undefined && shared[name] === undefined);
  return {
    ...Object.fromEntries(missing.map((name) => [name, ""])),
    ...grouped,
    ...(shared.severity !== undefined && { severity: shared.severity }),
  };
}

function rolloutOf({ id, revision, state, stable, canary }: StoredRollout): NonNullable<Triage["rollout"]> {
  return { id, revision, weight: state.weight, stable: named(stable), canary: named(canary) };
}

function named({ model, version }: { model: string; version: number }): string {
  return `${model} v${version}`;
}

/** Finds the SLO of the alert, or the one of the monitor that raised it; otherwise an availability or latency SLO of the endpoint. */
async function findSloOf(ctx: Context, { members, groups, endpoint }: Subject): Promise<StoredSlo | undefined> {
  const ids = [
    ...groups.map(({ summary }) => summary.sloId),
    ...members.map(({ annotations }) => annotations[`${internalPrefix}slo-id`]),
  ];
  const id = ids.find((each) => each);
  if (id) return (await selectSlos(ctx, eq(slos.id, id)))[0];
  if (!endpoint) return undefined;
  for (const { summary } of groups) {
    const ofWatch = await findSloOfWatch(ctx, summary.ruleKey);
    if (ofWatch) return ofWatch;
  }
  const isAvailability = sql`${slos.definition} #>> '{indicator,kind}' in ('availability', 'latency')`;
  return (await selectSlos(ctx, and(eq(slos.endpointId, endpoint.id), isNull(slos.archivedAt), isAvailability)))[0];
}

/** Finds the first bad minute: from the incident, otherwise from the counts before the alert, otherwise the alert's start. */
async function findRise(ctx: Context, { row, groups, incident }: Subject, slo: StoredSlo | undefined): Promise<number> {
  const alertAt = groups[0]?.summary.startsAt ?? row.startedAt;
  if (incident && incident.startedAt.getTime() < alertAt) return incident.startedAt.getTime();
  if (!slo?.definition.indicator || slo.definition.indicator.kind === "foreign") return row.startedAt;
  const span = {
    from: Math.floor((alertAt - lookbackMs) / minuteMs) * minuteMs,
    to: Math.ceil(alertAt / minuteMs) * minuteMs,
  };
  return findStart(await countSlo(ctx, slo, span), slo.definition.target, alertAt) ?? row.startedAt;
}

/** Returns the title of the incident, or of the group that no incident has: the same words as in the list, messages and mail. */
function titleOf({ row, groups, incident }: Subject): string {
  return serviceTitle({ service: row.service, title: incident?.title ?? groups[0]?.summary.title ?? "" });
}

function sloOf(slo: StoredSlo, numbers: TriageNumbers | null): TriageSlo {
  const { id, name, definition, state, evaluatedAt } = slo;
  const { displayName, target, period, rules, indicator } = definition;
  const budget = state?.budget ?? null;
  const total = budget ? (1 - target) * budget.total : 0;
  return {
    id,
    name,
    displayName,
    target,
    period,
    gate: rules.gate,
    budget,
    evaluatedAt,
    indicatorWords: indicator ? describeIndicator(indicator) : "Composite of other SLOs.",
    tiers: state?.tiers ?? [],
    spent: numbers && total > 0 && definition.budgeting.method === "occurrences" ? numbers.since.bad / total : null,
  };
}

function runbookOf({ row, groups, incident }: Subject, slo: StoredSlo | undefined): Triage["runbook"] {
  const id = incident?.runbookId ?? groups[0]?.summary.runbookId ?? slo?.runbook?.id ?? null;
  const subjectId = row.groupId ?? incident?.id;
  return id && subjectId ? { id, subjectId } : null;
}
