import type { Context } from "#server/base/context.ts";

/** Runs `work` and undoes what it wrote, whether it succeeds or throws. */
export async function undone<Result>(ctx: Context, work: (ctx: Context) => Promise<Result>): Promise<Result> {
  let result: { value: Result } | undefined;
  const undo = new Error("undone");
  await ctx.db
    .transaction(async (transaction) => {
      result = { value: await work({ ...ctx, db: transaction }) };
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return (result as { value: Result }).value;
}
