import type { Readable } from "node:stream";
import { and, eq, gt, sql } from "drizzle-orm";
import { z } from "zod";
import { labelLeases, labelProjects, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { fieldOf } from "#server/base/text/field-of.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { ShownFile } from "../contract.ts";
import { withoutHidden } from "./hidden-fields.ts";
import { shownFileKey } from "./shown-file-key.ts";

const OpenTaskFile = z.object({
  taskId: z.number().int().min(1),
  /** Field of the task's data that holds the file, or its path: "row.picture". */
  field: z.string().min(1).max(200),
});
export type OpenTaskFile = z.input<typeof OpenTaskFile>;

interface TaskFile {
  mimeType: string;
  sizeBytes: number;
  content: Readable;
}

/**
 * Opens a file that a task shows, for those who may see the task.
 * @throws DomainError "not-found" for a field without a file or one that the project hides, until the person who holds the task has asked for it, and for a file that was deleted; "invalid" for a path that climbs
 */
export async function openTaskFile(ctx: Context, artifacts: ArtifactStore, input: OpenTaskFile): Promise<TaskFile> {
  permit(ctx, "getLabelTask");
  const { taskId, field } = OpenTaskFile.parse(input);
  const { workspaceId } = ctx.actor;
  const [task] = await ctx.db
    .select({ data: labelTasks.data, settings: labelProjects.settings })
    .from(labelTasks)
    .innerJoin(labelProjects, eq(labelProjects.id, labelTasks.projectId))
    .where(and(eq(labelTasks.workspaceId, workspaceId), eq(labelTasks.id, taskId)));
  const hidden = task?.settings.hiddenFields ?? [];
  const wasShown = hidden.length > 0 ? await loadShown(ctx, taskId) : [];
  const shown =
    task &&
    withoutHidden(
      task.data,
      hidden.filter((name) => !wasShown.includes(name)),
    ).data;
  const file = ShownFile.safeParse(shown && fieldOf(shown, field));
  if (!file.success) throw noFile();
  const key = shownFileKey(workspaceId, file.data);
  if (key === undefined) throw noFile();
  const { sizeBytes } = await artifacts.stat(key);
  return { mimeType: file.data.mimeType, sizeBytes, content: await artifacts.open(key) };
}

/** Hidden fields that the caller has asked for while holding the task, which showLabelField records. */
async function loadShown(ctx: Context, taskId: number): Promise<string[]> {
  const { person } = await annotatorOf(ctx);
  const isLease = and(eq(labelLeases.taskId, taskId), eq(labelLeases.person, person));
  const leases = await ctx.db
    .select({ shown: labelLeases.shown })
    .from(labelLeases)
    .where(and(isLease, gt(labelLeases.expiresAt, sql`now()`)));
  return leases.flatMap(({ shown }) => shown);
}

const noFile = () => new DomainError("not-found", "File not found. The task shows none in this field.");
