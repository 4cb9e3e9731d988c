import { timingSafeEqual } from "node:crypto";
import { and, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { trainingAttempts } from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { hashSecret } from "#server/platform/identity/tokens/secret.ts";
import { lockJob } from "../jobs/lock-job.ts";
import { readRankToken } from "./rank-token.ts";

/** Names an attempt, and proves that the caller is its wrapper. */
export interface AttemptCaller {
  jobId: string;
  number: number;
  token: string;
}

export type AttemptRow = typeof trainingAttempts.$inferSelect;

/** Thrown to the wrapper of an attempt that is not valid any more: its program must end, and nothing of it is stored. */
export class FencedError extends DomainError {
  constructor() {
    super("forbidden", "This attempt has ended, or another one took its place.");
  }

  static override [Symbol.hasInstance](value: unknown): value is FencedError {
    return value instanceof Error && "isFenced" in value;
  }

  readonly isFenced = true;
}

/**
 * Runs `work` in a transaction that holds the row of an attempt, so that nothing is written for one that is fenced meanwhile. It acts as Leeway
 * itself, in the workspace of the job: the attempt token is what permits it.
 * @param options.lockJob locks the job first, for work that changes what all its attempts share
 * @param options.ended lets an attempt that has reported its end pass as well
 * @param options.ranks lets its other machines pass as well, which write nothing else
 * @throws FencedError; DomainError "unauthenticated" for another token, or an attempt that there is not
 */
export async function holdAttempt<Result>(
  db: Database,
  caller: AttemptCaller,
  work: (ctx: Context, attempt: AttemptRow) => Promise<Result>,
  options: { lockJob?: boolean; ended?: boolean; ranks?: boolean } = {},
): Promise<Result> {
  // An attempt never changes its workspace.
  const workspaceId = await requireAttempt(db, caller);
  return transact(systemContext(db, workspaceId, "training"), async (ctx) => {
    if (options.lockJob) await lockJob(ctx, caller.jobId);
    const attempt = await findAttempt(ctx.db, caller, { ...options, lock: "no key update" });
    refuseFenced(attempt, options);
    return work(ctx, attempt);
  });
}

/**
 * Checks the token of an attempt, valid or not any more, before anything that its wrapper sends is read.
 * @returns its workspace @throws DomainError "unauthenticated" as holdAttempt
 */
export async function requireAttempt(db: Database, { jobId, number, token }: AttemptCaller): Promise<string> {
  const [attempt] = await db
    .select({ workspaceId: trainingAttempts.workspaceId, tokenHash: trainingAttempts.tokenHash })
    .from(trainingAttempts)
    .where(and(eq(trainingAttempts.jobId, jobId), eq(trainingAttempts.number, number)));
  if (!attempt) throw noAttempt();
  if (isTokenOf(attempt, token) || (await readRankToken(db, { jobId, number, token })) !== undefined) {
    return attempt.workspaceId;
  }
  throw noAttempt();
}

/** Returns the attempt of a caller, which may read now. @param options as of holdAttempt @throws as holdAttempt */
export async function readAsAttempt(
  db: Database,
  caller: AttemptCaller,
  options: { ranks?: boolean } = {},
): Promise<AttemptRow> {
  const attempt = await findAttempt(db, caller, options);
  refuseFenced(attempt, {});
  return attempt;
}

function refuseFenced({ state, fencedAt, report }: AttemptRow, { ended = false }: { ended?: boolean }): void {
  // What it reported stays reported, whatever the watcher concluded from it meanwhile.
  if (ended && report !== null) return;
  if (fencedAt !== null || report !== null || state === "ended") throw new FencedError();
}

async function findAttempt(
  db: Database,
  caller: AttemptCaller,
  { ranks = false, lock }: { ranks?: boolean; lock?: "no key update" },
): Promise<AttemptRow> {
  const query = db
    .select()
    .from(trainingAttempts)
    .where(and(eq(trainingAttempts.jobId, caller.jobId), eq(trainingAttempts.number, caller.number)));
  const [attempt] = await (lock ? query.for(lock) : query);
  if (!attempt) throw noAttempt();
  if (isTokenOf(attempt, caller.token)) return attempt;
  if ((await readRankToken(db, caller)) === undefined) throw noAttempt();
  if (ranks) return attempt;
  throw new DomainError("forbidden", "Only the first machine of a job writes its log, checkpoints and end.");
}

const noAttempt = () => new DomainError("unauthenticated", "This is not the token of the attempt.");

/** Compares in a time that says nothing of how much is equal. */
function isTokenOf({ tokenHash }: Pick<AttemptRow, "tokenHash">, token: string): boolean {
  const [stored, given] = [Buffer.from(tokenHash ?? "", "hex"), Buffer.from(hashSecret(token), "hex")];
  return stored.length === given.length && timingSafeEqual(stored, given);
}
