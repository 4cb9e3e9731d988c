import { and, eq } from "drizzle-orm";
import { runTags } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { announceRun } from "./announce-run.ts";
import { WriteNote } from "./contract.ts";
import { lockActiveRun } from "./lock-run.ts";
import { storeTags } from "./store-tags.ts";
import { noteTag } from "./tags.ts";

/**
 * Writes the note of a run, in Markdown; an empty one takes it away. To clients it is the tag mlflow.note.content.
 * @throws DomainError "not-found", "invalid" for a deleted run; a note that is too long is refused, not cut.
 */
export async function writeNote(ctx: Context, input: WriteNote): Promise<void> {
  permit(ctx, "writeNote");
  const { runId, note } = WriteNote.parse(input);
  await transact(ctx, async (ctx) => {
    const run = await lockActiveRun(ctx, runId);
    const own = and(eq(runTags.workspaceId, ctx.actor.workspaceId), eq(runTags.runId, runId), eq(runTags.key, noteTag));
    const [old] = await ctx.db.select({ note: runTags.value }).from(runTags).where(own);
    if ((old?.note ?? "") === note) return;
    if (note === "") await ctx.db.delete(runTags).where(own);
    else await storeTags(ctx, runId, [{ key: noteTag, value: note }]);
    const { experimentId } = run;
    await record(ctx, "run.note-changed", {
      subject: `run/${runId}`,
      before: { note: old?.note ?? "", experimentId },
      after: { note, experimentId },
    });
  });
  announceRun(ctx, runId);
}
