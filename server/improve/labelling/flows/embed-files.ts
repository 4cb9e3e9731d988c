import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { ShownFile } from "../contract.ts";
import { shownFileKey } from "../tasks/shown-file-key.ts";
import type { ExportedTask } from "./export-queries.ts";
import type { LabelRow } from "./label-rows.ts";

const maxFileBytes = 50_000_000;

/**
 * Puts the files that a task shows into its row, as base64: a frozen set needs nothing else, and versions read pictures from such columns.
 * @throws DomainError "conflict" for a file that no longer exists or is too large
 */
export async function embedFiles(
  ctx: Context,
  store: Pick<ArtifactStore, "open" | "stat">,
  { data, item }: Pick<ExportedTask, "data" | "item">,
  row: LabelRow,
): Promise<LabelRow> {
  const embedded = { ...row };
  for (const [field, shown] of Object.entries(data)) {
    const file = ShownFile.safeParse(shown);
    const column = [`shown_${field}`, field].find((name) => file.success && row[name] === file.data.artifact);
    if (!file.success || column === undefined) continue;
    embedded[column] = await base64Of(ctx, store, file.data.artifact, item);
  }
  return embedded;
}

async function base64Of(ctx: Context, store: Pick<ArtifactStore, "open" | "stat">, artifact: string, item: string) {
  const key = shownFileKey(ctx.actor.workspaceId, { artifact });
  if (key === undefined) throw new DomainError("conflict", `Item "${item}" shows no file of this workspace.`);
  try {
    const { sizeBytes } = await store.stat(key);
    if (sizeBytes > maxFileBytes) throw new DomainError("conflict", `The file of item "${item}" is larger than 50 MB.`);
    const chunks = (await (await store.open(key)).toArray()) as Buffer[];
    return Buffer.concat(chunks).toString("base64");
  } catch (cause) {
    if (!(cause instanceof DomainError) || cause.code !== "not-found") throw cause;
    throw new DomainError(
      "conflict",
      `The file of item "${item}" no longer exists. Drop the item, then freeze the audit again.`,
    );
  }
}
