import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { AnswerControl } from "../contract.ts";

const Use = z.object({ name: z.string(), answers: z.number() });

/**
 * Counts current answers and gold items that use classes of a control. Reads all answers of the project, and is called only when classes are
 * removed.
 * @returns the classes that are used
 */
export async function countUsesOfClasses(
  ctx: Context,
  projectId: number,
  { control, classes, isMain }: { control: AnswerControl; classes: readonly string[]; isMain: boolean },
): Promise<{ name: string; answers: number }[]> {
  const { workspaceId } = ctx.actor;
  // What the main control got is the value; what others got is among the regions of Label Studio.
  const names = isMain ? valueNames(control.kind) : regionNames(control);
  const golds = isMain
    ? sql`union all select value, null::jsonb as result from label_golds
        where workspace_id = ${workspaceId} and project_id = ${projectId}`
    : sql``;
  const rows = await ctx.db.execute(sql`
    select name, count(*) as answers
    from (
      select value, result from label_answers
      where workspace_id = ${workspaceId} and project_id = ${projectId} and superseded_at is null
      ${golds}
    ) as given, lateral (select distinct name from (${names}) as used (name)) as used
    where name = any(${sql.param(classes)}::text[])
    group by name order by name`);
  return rowsOf(Use, rows);
}

/** Counts current answers to a control. Every answer that says something answers the main one. */
export async function countUsesOfControl(
  ctx: Context,
  projectId: number,
  name: string,
  isMain: boolean,
): Promise<number> {
  const named = sql`result @> ${JSON.stringify([{ from_name: name }])}::jsonb`;
  const uses = isMain ? sql`(value is not null or ${named})` : named;
  const rows = await ctx.db.execute(sql`
    select count(*) as answers from label_answers
    where workspace_id = ${ctx.actor.workspaceId} and project_id = ${projectId} and superseded_at is null and ${uses}`);
  return rowsOf(z.object({ answers: z.number() }), rows)[0]?.answers ?? 0;
}

function valueNames(kind: AnswerControl["kind"]) {
  switch (kind) {
    case "class":
      return sql`select given.value ->> 'label'`;
    case "multilabel":
      return sql`select jsonb_array_elements_text(given.value -> 'labels')`;
    case "boxes":
      return sql`select each ->> 'label' from jsonb_array_elements(given.value -> 'boxes') as each`;
    case "spans":
      return sql`select each ->> 'label' from jsonb_array_elements(given.value -> 'spans') as each`;
    default:
      return sql`select null::text where false`;
  }
}

/** Names in the regions of a control that is not the main one. */
const regionNames = ({ name, type }: AnswerControl) => sql`
  select jsonb_array_elements_text(region -> 'value' -> ${type}::text)
  from jsonb_array_elements(given.result) as region
  where region ->> 'from_name' = ${name} and jsonb_typeof(region -> 'value' -> ${type}::text) = 'array'`;
