import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { sql } from "drizzle-orm";
import { memberships, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { createLabelProject } from "#server/improve/labelling/projects/create-label-project.ts";
import { addTasks } from "#server/improve/labelling/tasks/add-tasks.ts";
import { createTokenFor } from "#server/platform/identity/tokens/create-token.ts";
import { seededRandom } from "#server/stats/random.ts";
import { findLabellingViolations } from "#server/testing/fixtures/labelling/testing.ts";
import { openGatewayFixture } from "./gateway-fixture.ts";
import { keyOf, type Labelling, type Ledger, label, type Person } from "./labelling-drill/people.ts";
import { openRoles } from "./labelling-drill/roles.ts";
import { atLeast, atMost, type Row } from "./report.ts";

const classes = ["intact", "scratched", "dented", "torn", "wet"];

/**
 * Eight people label tasks over REST while web and worker are killed by SIGKILL in turns: each answer is sent until it is acknowledged. Then
 * compares what is stored with what was acknowledged; meanwhile a watcher looks for tasks that more people have than wanted. Leases last 5 s,
 * so that many lapse. `--tasks 10000 --people 8 --seed 19`; `--break` deletes answers before the comparison, so that the drill fails.
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: {
      tasks: { type: "string", default: "10000" },
      people: { type: "string", default: "8" },
      seed: { type: "string", default: "19" },
      break: { type: "boolean", default: false },
    },
  });
  const [count, seed] = [Number(values.tasks), Number(values.seed)];
  const fixture = await openGatewayFixture();
  await using opened = new AsyncDisposableStack();
  opened.defer(() => fixture.close());
  const { ctx } = fixture;
  const projectId = await define(ctx, count);
  const people = await Promise.all(Array.from({ length: Number(values.people) }, (_, at) => newPerson(ctx, at)));
  const roles = await openRoles(fixture);
  opened.defer(() => roles.stop());

  const ledger: Ledger = { acknowledged: new Map(), outcomes: new Map(), wrong: [] };
  const done = new AbortController();
  const kills = roles.killInTurn(done.signal, seededRandom(seed + 1));
  const watching = watch(ctx, projectId, { ledger, signal: done.signal });
  const base: Omit<Labelling, "random"> = { url: roles.url, projectId, classes, ledger };
  const labelling = people.map((person, at) => label(person, { ...base, random: seededRandom(seed * 1_000 + at) }));
  // A failure of one ends the drill.
  await Promise.race([Promise.all(labelling), kills]);
  done.abort();
  const killed = await kills;
  await watching;

  if (values.break)
    await ctx.db.execute(sql`delete from label_answers where id in (select id from label_answers limit 3)`);
  const lost = await findLost(ctx, projectId, ledger);
  const violations = await findLabellingViolations(ctx, projectId);
  const left = await ctx.db.execute<{ number: number }>(
    sql`select count(*) as number from label_tasks where project_id = ${projectId} and state = 'open'`,
  );
  console.table(Object.fromEntries(ledger.outcomes));
  console.log(`${ledger.acknowledged.size} answers acknowledged.`);
  for (const words of [...ledger.wrong, ...lost].slice(0, 40)) console.log(words);
  for (const violation of violations.slice(0, 20)) console.log(violation);
  const none = (name: string, leeway: number, unit: string) => atMost(0, { name, unit, leeway });
  return [
    atLeast(count, { name: "answers-acknowledged", unit: "answers", leeway: ledger.acknowledged.size }),
    none("answers-lost", lost.length, "answers"),
    none("tasks-over-assigned-or-miscounted", violations.length, "tasks"),
    none("tasks-left", left.rows[0]?.number ?? count, "tasks"),
    none("violations", ledger.wrong.length, ""),
    ...[...killed].map(([victim, leeway]) => atLeast(3, { name: `kills-${victim}`, unit: "kills", leeway })),
  ];
}

async function define(ctx: Context, count: number): Promise<number> {
  const { id } = await createLabelProject(ctx, {
    name: "drill",
    taskKind: "class",
    classes,
    settings: { stop: 0.8, overlapShare: 0.2, goldShare: 0, leaseSeconds: 30 },
  });
  const tasks = Array.from({ length: count }, (_, at) => ({ item: `${at}`, data: { parcel: at }, rank: at % 100 }));
  for (let from = 0; from < count; from += 10_000) {
    await addTasks(ctx, { projectId: id, tasks: tasks.slice(from, from + 10_000) });
  }
  return id;
}

async function newPerson(ctx: Context, at: number): Promise<Person> {
  const { workspaceId } = ctx.actor;
  const [user] = await ctx.db
    .insert(users)
    .values({ email: `annotator-${at}@drill.test`, name: `Annotator ${at}` })
    .returning({ id: users.id });
  if (!user) throw new Error("The person was not stored.");
  await ctx.db.insert(memberships).values({ workspaceId, userId: user.id, role: "member" });
  const { secret } = await createTokenFor(ctx, user.id, { name: "drill", scopes: ["labels"] });
  return { id: user.id, token: secret };
}

/** Looks for tasks that more people have than wanted, and lets leases lapse, until the signal. */
async function watch(
  ctx: Context,
  projectId: number,
  { ledger, signal }: { ledger: Ledger; signal: AbortSignal },
): Promise<void> {
  for (let round = 0; !signal.aborted; round += 1) {
    const { rows } = await ctx.db.execute<{ id: number }>(sql`
      select task.id from label_tasks as task where task.project_id = ${projectId} and task.wanted < (
        select count(*) from label_leases as lease where lease.task_id = task.id and lease.kind = 'place'
      ) + (
        select count(*) from label_answers as answer
        where answer.task_id = task.id and answer.superseded_at is null and not answer.is_surplus and not answer.is_gold
      )`);
    for (const { id } of rows) ledger.wrong.push(`Task ${id} was over-assigned.`);
    if (round % 5 === 4) {
      await ctx.db.execute(
        sql`update label_leases set expires_at = now() - interval '1 second' where project_id = ${projectId}`,
      );
    }
    await pause(1_000);
  }
}

/** Acknowledged answers that are not stored as they were given, in words. */
async function findLost(ctx: Context, projectId: number, ledger: Ledger): Promise<string[]> {
  const { rows } = await ctx.db.execute<{ person: string; task: number; label: string }>(sql`
    select person, task_id as task, value ->> 'label' as label from label_answers
    where project_id = ${projectId} and superseded_at is null`);
  const stored = new Map(rows.map(({ person, task, label }) => [keyOf(person, task), label]));
  return [...ledger.acknowledged]
    .filter(([key, label]) => stored.get(key) !== label)
    .map(([key, label]) => `${key}: "${label}" was acknowledged, and "${stored.get(key) ?? "nothing"}" is stored.`);
}
