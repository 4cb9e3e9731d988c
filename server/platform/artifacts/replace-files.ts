import { type Context, transact } from "#server/base/context.ts";
import { lockToReplace } from "./reference-lock.ts";

/** Maximum of one process at once: each holds a connection to the database while the store, perhaps a bucket, replaces a file. */
export const maxReplacements = 6;

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Runs work that replaces or removes files, in a transaction during which no version that has them is registered. The work checks first that
 * no version has them already.
 */
export async function replaceFiles<Result>(ctx: Context, work: (ctx: Context) => Promise<Result>): Promise<Result> {
  // The one that ends leaves its place to the next.
  if (running < maxReplacements) running += 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await transact(ctx, async (ctx) => {
      await lockToReplace(ctx);
      return work(ctx);
    });
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}
