import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { RetrainingCycleState } from "#server/improve/retraining/cycles/states.ts";
import { JobState } from "#server/improve/training/contract.ts";
import { counted, defineKind, factsOf, instant, type Kind } from "./kind.ts";
import { cycleStates, gameDayStates, jobStates, sweepStates } from "./states.ts";

const job = defineKind({
  kind: "job",
  permission: "listJobs",
  source: ({ actor }) => sql`
    select job.id, job.name as label, concat_ws(' ', template.name, job.submitted_by_name) as haystack, array[job.id] as ids,
      job.submitted_at as at,
      jsonb_build_object('state', job.state, 'template', template.name, 'engine', engine.name, 'by', job.submitted_by_name,
        'message', job.message, 'submittedAt', extract(epoch from job.submitted_at) * 1000,
        'endedAt', extract(epoch from job.ended_at) * 1000) as data
    from training_jobs job
    left join job_templates template on template.id = job.template_id
    left join training_engines engine on engine.id = job.engine_id
    where job.workspace_id = ${actor.workspaceId}`,
  data: z.object({
    state: JobState,
    template: z.string().nullable(),
    engine: z.string().nullable(),
    by: z.string(),
    message: z.string().nullable(),
    submittedAt: instant,
    endedAt: instant,
  }),
  show: ({ id, data: { state, template, engine, by, message, submittedAt, endedAt } }) => ({
    detail: `job, ${id.slice(-6)}`,
    href: `/jobs/${id}`,
    state: jobStates[state],
    facts: factsOf(
      { Template: template, Engine: engine, "Submitted by": by, Result: message },
      { Submitted: submittedAt, Ended: endedAt },
    ),
  }),
});

const sweep = defineKind({
  kind: "sweep",
  permission: "listSweeps",
  source: ({ actor }) => sql`
    select sweep.id::text, sweep.name as label, '' as haystack, array[sweep.id::text] as ids, sweep.created_at as at,
      jsonb_build_object('state', sweep.state, 'by', sweep.created_by, 'message', sweep.message,
        'trials', (select count(*) from training_jobs job where job.workspace_id = ${actor.workspaceId} and job.sweep_id = sweep.id),
        'createdAt', extract(epoch from sweep.created_at) * 1000, 'endedAt', extract(epoch from sweep.ended_at) * 1000) as data
    from training_sweeps sweep where sweep.workspace_id = ${actor.workspaceId}`,
  data: z.object({
    state: z.enum(["running", "ended", "stopped"]),
    by: z.string(),
    message: z.string().nullable(),
    trials: z.number(),
    createdAt: instant,
    endedAt: instant,
  }),
  show: ({ id, data: { state, by, message, trials, createdAt, endedAt } }) => ({
    detail: `sweep, ${counted(trials, "trial")}`,
    href: `/jobs/sweeps/${id}`,
    state: sweepStates[state],
    facts: factsOf({ Trials: trials, "Started by": by, Result: message }, { Started: createdAt, Ended: endedAt }),
  }),
});

const jobTemplate = defineKind({
  kind: "job-template",
  permission: "listTemplates",
  source: ({ actor }) => sql`
    select template.id::text, template.name as label, template.description as haystack, array[template.id::text] as ids,
      template.updated_at as at,
      jsonb_build_object('revision', template.revision, 'description', template.description, 'by', template.created_by) as data
    from job_templates template where template.workspace_id = ${actor.workspaceId} and template.archived_at is null`,
  data: z.object({ revision: z.number(), description: z.string(), by: z.string() }),
  show: ({ label, data: { revision, description, by } }) => ({
    detail: "job template",
    href: `/jobs/templates/${encodeURIComponent(label)}`,
    facts: factsOf({ About: description, Revision: revision, "Created by": by }),
  }),
});

const retraining = defineKind({
  kind: "retraining",
  permission: "listRetrainingPolicies",
  source: ({ actor }) => sql`
    select policy.id::text, model.name as label, concat_ws(' ', 'retraining', endpoint.name) as haystack, array[policy.id::text] as ids,
      policy.updated_at as at,
      jsonb_build_object('endpoint', endpoint.name, 'owner', owner.name, 'isPaused', policy.paused_at is not null,
        'cycle', open.state, 'lookedAt', extract(epoch from policy.looked_at) * 1000) as data
    from retraining_policies policy
    join registered_models model on model.id = policy.model_id
    join endpoints endpoint on endpoint.id = policy.endpoint_id
    left join users owner on owner.id::text = policy.owner_id
    left join retraining_cycles open on open.workspace_id = ${actor.workspaceId} and open.policy_id = policy.id and open.ended_at is null
    where policy.workspace_id = ${actor.workspaceId}`,
  data: z.object({
    endpoint: z.string(),
    owner: z.string().nullable(),
    isPaused: z.boolean(),
    cycle: z.string().nullable(),
    lookedAt: instant,
  }),
  show: ({ label, data: { endpoint, owner, isPaused, cycle, lookedAt } }) => ({
    detail: "retraining policy",
    href: `/retraining/${encodeURIComponent(label)}`,
    state: cycle
      ? { shape: "running", word: "Cycle open" }
      : isPaused
        ? { shape: "paused", word: "Paused" }
        : { shape: "on-target", word: "Active" },
    facts: factsOf({ Endpoint: endpoint, Owner: owner }, { Checked: lookedAt }),
  }),
});

const retrainingCycle = defineKind({
  kind: "retraining-cycle",
  permission: "listRetrainingPolicies",
  source: ({ actor }) => sql`
    select cycle.id::text, model.name || ', cycle ' || cycle.number as label, 'retraining' as haystack, array[cycle.id::text] as ids,
      cycle.started_at as at,
      jsonb_build_object('model', model.name, 'number', cycle.number, 'state', cycle.state, 'champion', cycle.champion_version,
        'candidate', cycle.candidate_version, 'words', cycle.words, 'startedAt', extract(epoch from cycle.started_at) * 1000,
        'endedAt', extract(epoch from cycle.ended_at) * 1000) as data
    from retraining_cycles cycle
    join retraining_policies policy on policy.workspace_id = cycle.workspace_id and policy.id = cycle.policy_id
    join registered_models model on model.id = policy.model_id
    where cycle.workspace_id = ${actor.workspaceId}`,
  data: z.object({
    model: z.string(),
    number: z.number(),
    state: RetrainingCycleState,
    champion: z.number(),
    candidate: z.number().nullable(),
    words: z.string(),
    startedAt: instant,
    endedAt: instant,
  }),
  show: ({ data: { model, number, state, champion, candidate, words, startedAt, endedAt } }) => ({
    detail: "retraining cycle",
    href: `/retraining/${encodeURIComponent(model)}/${number}`,
    state: cycleStates[state],
    facts: factsOf(
      { Champion: `v${champion}`, Candidate: candidate === null ? null : `v${candidate}`, Result: words },
      { Started: startedAt, Ended: endedAt },
    ),
  }),
});

/** Finds label projects that are not archived; the id is that of their address. */
const labelProject = defineKind({
  kind: "label-project",
  permission: "listLabelProjects",
  source: ({ actor }) => sql`
    select project.id::text, project.name as label, project.description as haystack, '{}'::text[] as ids, project.updated_at as at,
      jsonb_build_object('state', project.state, 'endpoint', endpoint.name, 'by', project.created_by,
        'createdAt', extract(epoch from project.created_at) * 1000) as data
    from label_projects project
    left join endpoints endpoint on endpoint.id = project.endpoint_id
    where project.workspace_id = ${actor.workspaceId} and project.state <> 'archived'`,
  data: z.object({ state: z.string(), endpoint: z.string().nullable(), by: z.string(), createdAt: instant }),
  show: ({ id, data: { state, endpoint, by, createdAt } }) => ({
    detail: "label project",
    href: `/labels/${id}`,
    ...(state === "paused" && { state: { shape: "paused", word: "Paused" } as const }),
    facts: factsOf({ Endpoint: endpoint, "Created by": by }, { Created: createdAt }),
  }),
});

/** Finds game days that the caller may see. @param shown condition of those that they may see; undefined for all */
export function gameDayKind(shown: SQL | undefined): Kind {
  return defineKind({
    kind: "game-day",
    permission: "listGameDays",
    source: ({ actor }) => sql`
      select game_days.id::text, game_days.hypothesis as label, concat_ws(' ', 'GD-' || game_days.number, endpoint.name) as haystack,
        array['GD-' || game_days.number, game_days.number::text] as ids, coalesce(game_days.started_at, game_days.created_at) as at,
        jsonb_build_object('number', game_days.number, 'state', game_days.state, 'endpoint', endpoint.name, 'minutes', game_days.minutes,
          'startsAt', extract(epoch from game_days.starts_at) * 1000, 'startedAt', extract(epoch from game_days.started_at) * 1000,
          'endedAt', extract(epoch from game_days.ended_at) * 1000) as data
      from game_days
      join endpoints endpoint on endpoint.id = game_days.endpoint_id
      where game_days.workspace_id = ${actor.workspaceId} and ${shown ?? sql`true`}`,
    data: z.object({
      number: z.number(),
      state: z.enum(["planned", "running", "ended", "aborted", "skipped"]),
      endpoint: z.string(),
      minutes: z.number(),
      startsAt: instant,
      startedAt: instant,
      endedAt: instant,
    }),
    show: ({ data: { number, state, endpoint, minutes, startsAt, startedAt, endedAt } }) => ({
      detail: `game day GD-${number}`,
      href: `/game-days/GD-${number}`,
      state: gameDayStates[state],
      facts: factsOf(
        { Endpoint: endpoint, Length: `${minutes} min` },
        { Planned: startedAt === null ? startsAt : null, Started: startedAt, Ended: endedAt },
      ),
    }),
  });
}

/** What makes models better. */
export const improvementKinds: readonly Kind[] = [job, sweep, jobTemplate, retraining, retrainingCycle, labelProject];
