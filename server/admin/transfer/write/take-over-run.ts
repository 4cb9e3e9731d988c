import { and, eq } from "drizzle-orm";
import { runs } from "#db/schema/index.ts";
import { DomainError } from "#server/base/errors.ts";
import { importedName } from "#server/develop/tracking/names.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { maxTagLength } from "#server/develop/tracking/runs/tags.ts";
import { updateRun } from "#server/develop/tracking/runs/update-run.ts";
import type { SourceRun } from "../source.ts";
import { fillRun, tagsOf } from "./fill-run.ts";
import type { Intake } from "./intake.ts";
import { createIdempotent, findEarlier, findItem, finishItem } from "./items.ts";
import { Problems, refusal } from "./problems.ts";

const inTrash = "The run was imported before and is in the trash. Restore it, then import again.";

/**
 * Imports a run completely, or skips one that has not changed since an earlier import. It keeps its id if that is free; the tags
 * leeway.source.* always contain its origin.
 */
export async function takeOverRun(intake: Intake, experimentId: number, run: SourceRun): Promise<void> {
  const own = await findItem(intake, "run", run.id);
  if (own?.fingerprint) return;
  intake.signal.throwIfAborted();
  const problems = new Problems();
  let localId = own?.localId ?? null;
  try {
    const fingerprint = await run.fingerprint();
    const earlier = own ?? (await findEarlier(intake, "run", run.id));
    const local = earlier?.localId ? await findLocal(intake, earlier.localId) : undefined;
    if (local?.deletedAt) {
      return await finishItem(intake, "run", run.id, { localId: local.id, fingerprint: "trash", problems: [inTrash] });
    }
    if (local && earlier?.fingerprint === fingerprint) {
      return await finishItem(intake, "run", run.id, { localId: local.id, fingerprint, isUnchanged: true });
    }
    localId = local?.id ?? (await make(intake, experimentId, run));
    if (local) await follow(intake, local.id, run);
    const total = await fillRun(intake, localId, run, { problems, isResumed: own !== undefined });
    await finishItem(intake, "run", run.id, { localId, fingerprint, ...total, problems: problems.list });
  } catch (error) {
    const message = refusal(error);
    if (message === undefined) throw error;
    problems.add(message);
    await finishItem(intake, "run", run.id, { localId, fingerprint: "refused", problems: problems.list });
  }
}

async function findLocal({ ctx }: Intake, id: string) {
  const [row] = await ctx.db
    .select({ id: runs.id, deletedAt: runs.deletedAt })
    .from(runs)
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), eq(runs.id, id)));
  return row;
}

async function make(intake: Intake, experimentId: number, run: SourceRun): Promise<string> {
  const { startedAt, endedAt, status } = run;
  const [name, userName] = [importedName(run.name, maxTagLength), importedName(run.userName, maxTagLength)];
  const tags = await tagsOf(intake, run, new Problems());
  return createIdempotent(intake, "run", run.id, async (ctx) => {
    const input = { experimentId, name, userName, startedAt, endedAt, status, tags };
    if (!/^[0-9a-f]{32}$/.test(run.id)) return (await createRun(ctx, input)).id;
    try {
      return (await createRun(ctx, { ...input, id: run.id })).id;
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "conflict") throw error;
      return (await createRun(ctx, input)).id;
    }
  });
}

/** Applies changes made at the source since the last import. */
async function follow({ ctx }: Intake, runId: string, { name, status, endedAt }: SourceRun): Promise<void> {
  await updateRun(ctx, { runId, name: importedName(name, maxTagLength), status, endedAt: endedAt ?? undefined });
}
