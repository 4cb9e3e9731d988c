import { sql } from "drizzle-orm";
import { prepared } from "#db/prepared.ts";
import { canonicalJson } from "#server/base/canonical-json.ts";
import type { Context } from "#server/base/context.ts";
import { noteLock } from "#server/base/lock-order.ts";
import type { LabelValue } from "../contract.ts";
import { mainControl } from "../projects/check-label-config.ts";
import type { LabelProjectRow } from "../projects/find-label-project.ts";
import { hashShare } from "../queue/hash-share.ts";
import { labelsAgree } from "../values/labels-agree.ts";
import { type CountMove, countStatement, countValues } from "./count-moves.ts";
import { type DecisionInput, decideTask, type TaskDecision } from "./decide-task.ts";
import { keepMergedLabel } from "./keep-merged-label.ts";
import { loadUndecided, type Undecided } from "./load-undecided.ts";

/** Share of settled tasks that a reviewer looks at nevertheless. */
const sampleShare = 0.05;
/** Accuracy that annotators are taken to have before anything could be compared, and the answers it counts as. */
export const assumed = { accuracy: 0.85, answers: 20 };

/** What the answer that the caller just stored, or took back, changes for its annotator. */
export interface OwnCounts {
  person: string;
  name: string;
  answered: number;
  cannotTell: number;
  compared?: number;
  agreed?: number;
  goldSeen?: number;
  goldCorrect?: number;
}

interface Settled {
  taskIds: readonly number[];
  own?: readonly OwnCounts[];
  moved?: readonly CountMove[];
}

/** A task after its decision. */
export interface SettledTask {
  id: number;
  state: Undecided["state"];
}

/**
 * Decides tasks anew from their current answers, and writes what follows: state, wanted people, the consensus label, whether each answer
 * agrees with it, and counts. The caller has locked the tasks, in the order of their ids, with a statement of its own before.
 * A label that a reviewer decided stays. docs/spec/labelling.md section 4.4.
 * @param own counts of the annotators whose answers changed @param moved what the caller did to the tasks before, for their numbers
 */
export async function settleTasks(
  ctx: Context,
  project: LabelProjectRow,
  { taskIds, own = [], moved = [] }: Settled,
): Promise<SettledTask[]> {
  const tasks = await loadUndecided(ctx, project.id, taskIds);
  const changes = tasks.map((task) => changeOf(task, project));
  await writeChanges(ctx, project, { changes, own, moved });
  return changes.map(({ id, state }) => ({ id, state }));
}

interface Change {
  id: number;
  state: Undecided["state"];
  review: Undecided["review"];
  wanted: number;
  answers: number;
  cannotTell: number;
  posterior: number | null;
  /** The consensus that no longer holds. */
  supersedes: number | null;
  consensus: {
    value: LabelValue;
    posterior: number | null;
    method: TaskDecision["method"];
    people: number;
    guideline: number;
  } | null;
  agreed: { id: number; agreed: boolean | null }[];
  compared: { person: string; compared: number; agreed: number }[];
  moves: CountMove[];
}

/** What a task is decided by. */
export function decisionInputOf(task: Undecided, { settings, config }: LabelProjectRow): DecisionInput {
  // Labels of the audit measure the model, so it has no part in them.
  const mayModelVote =
    settings.modelVotes && task.selection !== "audit" && !task.answers.some(({ shownPrediction }) => shownPrediction);
  return {
    answers: task.answers,
    control: mainControl(config),
    settings,
    least: task.least,
    pool: (task.correct + assumed.accuracy * assumed.answers) / (task.seen + assumed.answers),
    model: mayModelVote ? task.probabilities : null,
  };
}

function changeOf(task: Undecided, project: LabelProjectRow): Change {
  const { answers, consensus } = task;
  const control = mainControl(project.config);
  const decision = decideTask(decisionInputOf(task, project));
  const isReviewed = consensus?.method === "review";
  const { state, review } = isReviewed ? { state: task.state, review: task.review } : stateOf(task, decision);
  const places = answers.filter(({ isSurplus }) => !isSurplus).length;
  const wanted = state === "open" ? Math.max(task.wanted, places + (decision.verdict === "more" ? 1 : 0)) : task.wanted;
  const label = isReviewed ? consensus.value : state === "settled" ? keepMergedLabel(decision, consensus) : null;
  const isSame =
    isReviewed ||
    (consensus !== null &&
      label !== null &&
      canonicalJson(label) === canonicalJson(consensus.value) &&
      consensus.posterior === decision.posterior);
  const isComparable = isReviewed || decision.people >= 2;
  const agreed = answers.flatMap(({ id, value, agreed }) => {
    const now = label && value && isComparable ? labelsAgree(value, label, control) : null;
    return now === agreed ? [] : [{ id, agreed: now }];
  });
  return {
    id: task.id,
    state,
    review,
    wanted,
    answers: answers.length,
    cannotTell: answers.filter(({ value }) => value === null).length,
    posterior: decision.posterior,
    supersedes: isSame ? null : (consensus?.id ?? null),
    consensus:
      isSame || !label
        ? null
        : {
            value: label,
            posterior: decision.posterior,
            method: decision.method,
            people: decision.people,
            guideline: Math.max(...answers.map(({ guideline }) => guideline)),
          },
    agreed,
    compared: comparedOf(task, agreed),
    moves: [{ source: task.source, from: task.state, to: state }],
  };
}

function stateOf(task: Undecided, { verdict }: TaskDecision): Pick<Change, "state" | "review"> {
  // Nobody labels what was dropped; its answers are kept.
  if (task.state === "dropped") return { state: "dropped", review: task.review };
  if (verdict === "more") return { state: "open", review: null };
  if (verdict === "disagreement" || verdict === "cannot-tell") return { state: "review", review: verdict };
  if (task.state === "settled") return { state: "settled", review: task.review };
  return { state: "settled", review: hashShare(`review ${task.item}`) < sampleShare ? "sample" : null };
}

/** What the changed comparisons mean for the counters of each annotator. */
function comparedOf(task: Undecided, changed: Change["agreed"]): Change["compared"] {
  return changed.flatMap(({ id, agreed }) => {
    const before = task.answers.find((answer) => answer.id === id);
    if (!before) return [];
    const compared = Number(agreed !== null) - Number(before.agreed !== null);
    return [{ person: before.person, compared, agreed: Number(agreed === true) - Number(before.agreed === true) }];
  });
}

const value = sql.placeholder;

/** Writes what follows from decisions. Annotators and counts come in an order that is the same for all, so that nobody waits in a circle. */
const writeStatement = prepared(
  "label-decisions",
  sql`
    with decided as (
      update label_tasks as task set
        state = change.state, review = change.review, wanted = change.wanted, answers = change.answers,
        cannot_tell = change."cannotTell", posterior = change.posterior, updated_at = now(),
        settled_at = case when change.state = 'settled' then coalesce(task.settled_at, now()) end
      from jsonb_to_recordset(${value("tasks")}::jsonb) as change (
        id bigint, state text, review text, wanted smallint, answers smallint, "cannotTell" smallint, posterior float8
      )
      where task.id = change.id
    ), labelled as (
      insert into label_consensus
        (workspace_id, project_id, task_id, value, posterior, method, people, guideline)
      select ${value("workspaceId")}, ${value("projectId")}, "taskId", value, posterior, method, people, guideline
      from jsonb_to_recordset(${value("consensus")}::jsonb) as label (
        "taskId" bigint, value jsonb, posterior float8, method text, people smallint, guideline integer
      )
    ), compared as (
      update label_answers as answer set agreed = change.agreed
      from jsonb_to_recordset(${value("agreed")}::jsonb) as change (id bigint, agreed boolean)
      where answer.id = change.id
    ), counted as (
      ${countStatement}
    )
    insert into label_annotators as annotator (
      workspace_id, project_id, person, name, answered, cannot_tell, compared, agreed, gold_seen, gold_correct, last_answer_at
    )
    select ${value("workspaceId")}, ${value("projectId")}, person, name, answered, "cannotTell", compared, agreed, "goldSeen", "goldCorrect",
      case when answered > 0 then now() end
    from jsonb_to_recordset(${value("people")}::jsonb) as counts (
      person text, name text, answered integer, "cannotTell" integer, compared integer, agreed integer,
      "goldSeen" integer, "goldCorrect" integer
    )
    order by person
    on conflict (project_id, person) do update set
      answered = annotator.answered + excluded.answered, cannot_tell = annotator.cannot_tell + excluded.cannot_tell,
      compared = annotator.compared + excluded.compared, agreed = annotator.agreed + excluded.agreed,
      gold_seen = annotator.gold_seen + excluded.gold_seen, gold_correct = annotator.gold_correct + excluded.gold_correct,
      last_answer_at = coalesce(excluded.last_answer_at, annotator.last_answer_at)`,
);

async function writeChanges(
  ctx: Context,
  project: LabelProjectRow,
  { changes, own, moved }: { changes: readonly Change[] } & Required<Pick<Settled, "own" | "moved">>,
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const superseded = changes.flatMap(({ supersedes }) => (supersedes === null ? [] : [supersedes]));
  if (superseded.length > 0) {
    // A statement of its own, since only one label of a task may be current.
    await ctx.db.execute(
      sql`update label_consensus set superseded_at = now()
        where workspace_id = ${workspaceId} and id = any(${sql.param(superseded)}::bigint[])`,
    );
  }
  const tasks = changes.map(({ consensus, agreed, compared, moves, supersedes, ...task }) => task);
  const consensus = changes.flatMap(({ id, consensus }) => (consensus ? [{ taskId: id, ...consensus }] : []));
  const agreed = changes.flatMap(({ agreed }) => agreed);
  const people = peopleOf(changes, own);
  // The statement changes annotators, then counts: what else a WITH changes, and nothing reads, comes after the main statement.
  noteLock(ctx, "label annotator");
  noteLock(ctx, "label count");
  await writeStatement(ctx.db, {
    workspaceId,
    projectId: project.id,
    tasks: JSON.stringify(tasks),
    consensus: JSON.stringify(consensus),
    agreed: JSON.stringify(agreed),
    people: JSON.stringify(people),
    ...countValues([...moved, ...changes.flatMap(({ moves }) => moves)]),
  });
}

/** Changes of counters by annotator, each once. */
function peopleOf(changes: readonly Change[], own: readonly OwnCounts[]) {
  const none = { answered: 0, cannotTell: 0, compared: 0, agreed: 0, goldSeen: 0, goldCorrect: 0 };
  const people = new Map<string, typeof none & { person: string; name: string }>();
  const of = (person: string, name: string) => {
    const counts = people.get(person) ?? { person, name, ...none };
    people.set(person, counts);
    return counts;
  };
  for (const { person, name, ...changed } of own) {
    const counts = of(person, name);
    counts.answered += changed.answered;
    counts.cannotTell += changed.cannotTell;
    counts.compared += changed.compared ?? 0;
    counts.agreed += changed.agreed ?? 0;
    counts.goldSeen += changed.goldSeen ?? 0;
    counts.goldCorrect += changed.goldCorrect ?? 0;
  }
  for (const { person, compared, agreed } of changes.flatMap((change) => change.compared)) {
    const counts = of(person, person);
    counts.compared += compared;
    counts.agreed += agreed;
  }
  return [...people.values()];
}
