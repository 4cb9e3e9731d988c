import { sql } from "drizzle-orm";
import { z } from "zod";
import { incidentBoardPath } from "#server/alerting/alerts/constants.ts";
import { Matcher, printMatcher } from "#server/alerting/alerts/matchers/contract.ts";
import { counted, defineKind, factsOf, instant, type Kind, type StateTable } from "./kind.ts";
import { incidentStates, silenceStates, stageStates } from "./states.ts";

const openStates: ReadonlySet<string> = new Set(["triage", "active", "mitigated"]);

const incident = defineKind({
  kind: "incident",
  permission: "listIncidents",
  source: ({ actor }) => sql`
    select incident.id::text, incident.title as label, concat_ws(' ', 'INC-' || incident.number, incident.severity, endpoint.name) as haystack,
      array['INC-' || incident.number, incident.number::text] as ids, incident.started_at as at,
      jsonb_build_object('number', incident.number, 'state', incident.state, 'stage', incident.stage, 'severity', incident.severity,
        'endpoint', endpoint.name, 'lead', lead.name, 'team', team.name,
        'startedAt', extract(epoch from incident.started_at) * 1000,
        'acknowledgedAt', extract(epoch from incident.acknowledged_at) * 1000,
        'resolvedAt', extract(epoch from incident.resolved_at) * 1000) as data
    from incidents incident
    left join endpoints endpoint on endpoint.id = incident.endpoint_id
    left join teams team on team.id = incident.team_id
    left join users lead on lead.id::text = incident.roles ->> 'lead'
    where incident.workspace_id = ${actor.workspaceId}`,
  data: z.object({
    number: z.number(),
    state: z.enum(["triage", "active", "mitigated", "resolved", "closed", "cancelled", "merged"]),
    stage: z.enum(["act", "watch", "resolve"]),
    severity: z.string(),
    endpoint: z.string().nullable(),
    lead: z.string().nullable(),
    team: z.string().nullable(),
    startedAt: instant,
    acknowledgedAt: instant,
    resolvedAt: instant,
  }),
  show: ({ data }) => {
    const { number, state, stage, severity, endpoint, lead, team, startedAt, acknowledgedAt, resolvedAt } = data;
    const isOpen = openStates.has(state);
    return {
      detail: `INC-${number}`,
      href: isOpen ? incidentBoardPath(number) : `/incidents/${number}`,
      state: isOpen ? stageStates[stage] : incidentStates[state],
      isOpen,
      facts: factsOf(
        { Severity: severity, Endpoint: endpoint, Team: team, Lead: lead },
        { Started: startedAt, Acknowledged: acknowledgedAt, Resolved: resolvedAt },
      ),
    };
  },
});

const groupStates: StateTable<"firing" | "acknowledged" | "muted" | "resolving" | "resolved"> = {
  firing: { shape: "missed", word: "Firing" },
  acknowledged: { shape: "running", word: "Acknowledged" },
  muted: { shape: "paused", word: "Muted" },
  resolving: { shape: "finished", word: "Resolving" },
  resolved: { shape: "finished", word: "Resolved" },
};

const alert = defineKind({
  kind: "alert",
  permission: "listAlertGroups",
  source: ({ actor }) => sql`
    select one.id::text, one.summary ->> 'title' as label, concat_ws(' ', one.summary ->> 'service', one.summary ->> 'severity') as haystack,
      array[one.id::text] as ids, one.created_at as at,
      jsonb_build_object('service', one.summary ->> 'service', 'severity', one.summary ->> 'severity',
        'firing', (one.summary ->> 'firing')::int, 'muted', (one.summary ->> 'muted')::int, 'receiver', one.receiver,
        'state', case when one.ended_at is not null then 'resolved' when (one.summary ->> 'firing')::int = 0 then 'resolving'
          when (one.summary ->> 'muted')::int >= (one.summary ->> 'firing')::int then 'muted'
          when one.acknowledgement is not null then 'acknowledged' else 'firing' end,
        'incident', incident.number, 'startedAt', (one.summary ->> 'startsAt')::float8,
        'endedAt', extract(epoch from one.ended_at) * 1000) as data
    from alert_groups one
    left join incidents incident on incident.id = one.incident_id
    where one.workspace_id = ${actor.workspaceId} and (one.ended_at is null or one.ended_at > now() - interval '30 days')`,
  data: z.object({
    service: z.string().nullable(),
    severity: z.string().nullable(),
    firing: z.number(),
    muted: z.number(),
    receiver: z.string(),
    state: z.enum(["firing", "acknowledged", "muted", "resolving", "resolved"]),
    incident: z.number().nullable(),
    startedAt: instant,
    endedAt: instant,
  }),
  show: ({ id, data: { service, severity, firing, receiver, state, incident: number, startedAt, endedAt } }) => ({
    detail: `alert, ${severity ?? "no severity"}`,
    href: `/alerts/groups/${id}`,
    state: groupStates[state],
    facts: factsOf(
      {
        Service: service,
        Firing: counted(firing, "alert"),
        Receiver: receiver,
        Incident: number === null ? null : `INC-${number}`,
      },
      { Started: startedAt, Resolved: endedAt },
    ),
  }),
});

const alertRule = defineKind({
  kind: "alert-rule",
  permission: "listAlertRules",
  source: ({ actor }) => sql`
    select rule.id::text, rule.name as label, concat_ws(' ', endpoint.name, rule.severity) as haystack, array[rule.id::text] as ids,
      rule.updated_at as at,
      jsonb_build_object('severity', rule.severity, 'endpoint', endpoint.name, 'team', team.name, 'runbook', runbook.name,
        'isDisabled', rule.disabled_at is not null, 'problem', rule.problem,
        'isFiring', exists (select from rule_states state where state.workspace_id = rule.workspace_id
          and state.rule_key = 'rule:' || rule.id and state.state = 'firing'),
        'evaluatedAt', extract(epoch from rule.evaluated_at) * 1000) as data
    from alert_rules rule
    left join endpoints endpoint on endpoint.id = rule.endpoint_id
    left join teams team on team.id = rule.team_id
    left join runbooks runbook on runbook.id = rule.runbook_id
    where rule.workspace_id = ${actor.workspaceId} and rule.archived_at is null`,
  data: z.object({
    severity: z.string(),
    endpoint: z.string().nullable(),
    team: z.string().nullable(),
    runbook: z.string().nullable(),
    isDisabled: z.boolean(),
    isFiring: z.boolean(),
    problem: z.string().nullable(),
    evaluatedAt: instant,
  }),
  show: ({ id, data: { severity, endpoint, team, runbook, isDisabled, isFiring, problem, evaluatedAt } }) => ({
    detail: `alert rule, ${severity}`,
    href: `/alerts/rules/${id}`,
    state: isDisabled
      ? { shape: "paused", word: "Disabled" }
      : problem
        ? { shape: "watch", word: "Evaluation failed" }
        : isFiring
          ? { shape: "missed", word: "Firing" }
          : { shape: "on-target", word: "Inactive" },
    facts: factsOf(
      { Endpoint: endpoint, Team: team, Runbook: runbook, Problem: problem },
      { "Last evaluation": evaluatedAt },
    ),
  }),
});

const silence = defineKind({
  kind: "silence",
  permission: "listSilences",
  source: ({ actor }) => sql`
    select silence.id::text, silence.comment as label, concat_ws(' ', silence.created_by,
        (select string_agg(matcher ->> 'value', ' ') from jsonb_array_elements(silence.matchers) matcher)) as haystack,
      array[silence.id::text] as ids, silence.ends_at as at,
      jsonb_build_object('matchers', silence.matchers, 'by', silence.created_by,
        'state', case when silence.ends_at <= now() then 'expired' when silence.starts_at > now() then 'pending' else 'active' end,
        'startsAt', extract(epoch from silence.starts_at) * 1000, 'endsAt', extract(epoch from silence.ends_at) * 1000) as data
    from silences silence
    where silence.workspace_id = ${actor.workspaceId} and silence.ends_at > now() - interval '30 days'`,
  data: z.object({
    matchers: z.array(Matcher),
    by: z.string(),
    state: z.enum(["active", "pending", "expired"]),
    startsAt: instant,
    endsAt: instant,
  }),
  show: ({ id, data: { matchers, by, state, startsAt, endsAt } }) => ({
    detail: `silence, ${matchers.map(printMatcher).join(", ")}`,
    href: `/alerts/silences/${id}`,
    state: silenceStates[state],
    facts: factsOf(
      { "Created by": by, Matchers: matchers.map(printMatcher).join(", ") },
      { From: startsAt, Until: endsAt },
    ),
  }),
});

const runbook = defineKind({
  kind: "runbook",
  permission: "listRunbooks",
  source: ({ actor }) => sql`
    select runbook.id::text, runbook.name as label, '' as haystack, array[runbook.id::text] as ids, runbook.updated_at as at,
      jsonb_build_object('by', runbook.updated_by, 'updatedAt', extract(epoch from runbook.updated_at) * 1000,
        'uses', (select count(*) from incidents incident where incident.runbook_id = runbook.id
          and incident.workspace_id = ${actor.workspaceId})) as data
    from runbooks runbook where runbook.workspace_id = ${actor.workspaceId} and runbook.archived_at is null`,
  data: z.object({ by: z.string(), updatedAt: instant, uses: z.number() }),
  show: ({ id, data: { by, updatedAt, uses } }) => ({
    detail: uses === 0 ? "runbook" : `runbook of ${counted(uses, "incident")}`,
    href: `/incidents/runbooks/${id}`,
    facts: factsOf({ "Edited by": by }, { Edited: updatedAt }),
  }),
});

/** What is read when something is wrong. */
export const responseKinds: readonly Kind[] = [incident, alert, alertRule, silence, runbook];
