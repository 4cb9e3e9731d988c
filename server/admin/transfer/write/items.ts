import { and, desc, eq, isNotNull, ne } from "drizzle-orm";
import { importItems, imports } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ImportItem } from "../contract.ts";
import type { Intake } from "./intake.ts";

type ItemRow = typeof importItems.$inferSelect;
type ItemKind = ImportItem["kind"];

/** Finds this import's record of an item. Its fingerprint is "" until the item is complete. */
export async function findItem(intake: Intake, kind: ItemKind, sourceId: string): Promise<ItemRow | undefined> {
  const { ctx, importId } = intake;
  const isThis = and(eq(importItems.kind, kind), eq(importItems.sourceId, sourceId));
  const [row] = await ctx.db
    .select()
    .from(importItems)
    .where(and(eq(importItems.workspaceId, ctx.actor.workspaceId), eq(importItems.importId, importId), isThis));
  return row;
}

/**
 * Finds the record of an item from the latest earlier import that included it.
 * @param sameOrigin for items whose IDs are only unique at one origin: experiments have small numbers everywhere.
 */
export async function findEarlier(
  intake: Intake,
  kind: ItemKind,
  sourceId: string,
  sameOrigin = false,
): Promise<ItemRow | undefined> {
  const { ctx } = intake;
  const [row] = await ctx.db
    .select({ item: importItems })
    .from(importItems)
    .innerJoin(imports, eq(imports.id, importItems.importId))
    .where(
      and(
        eq(importItems.workspaceId, ctx.actor.workspaceId),
        eq(importItems.kind, kind),
        eq(importItems.sourceId, sourceId),
        isNotNull(importItems.localId),
        ne(importItems.importId, intake.importId),
        eq(imports.kind, intake.kind),
        sameOrigin ? eq(imports.origin, intake.origin) : undefined,
      ),
    )
    .orderBy(desc(importItems.at))
    .limit(1);
  return row?.item;
}

/** Returns the local id of an entity that this import or an earlier one copied. */
export async function localIdOf(intake: Intake, kind: ItemKind, sourceId: string): Promise<string | undefined> {
  const item = (await findItem(intake, kind, sourceId)) ?? (await findEarlier(intake, kind, sourceId));
  return item?.localId ?? undefined;
}

/**
 * Creates an entity and records its source, both or neither: a runner that dies, or a second runner, creates no second copy.
 * @param make creates it. @returns its local id. @throws DomainError "conflict" if another runner of this import has created it meanwhile.
 */
export async function createIdempotent(
  intake: Intake,
  kind: ItemKind,
  sourceId: string,
  make: (ctx: Context) => Promise<string>,
): Promise<string> {
  const { workspaceId } = intake.ctx.actor;
  return transact(intake.ctx, async (ctx) => {
    const localId = await make(ctx);
    const [noted] = await ctx.db
      .insert(importItems)
      .values({ workspaceId, importId: intake.importId, kind, sourceId, localId })
      .onConflictDoNothing()
      .returning({ kind: importItems.kind });
    if (!noted) throw new DomainError("conflict", `The ${kind} ${sourceId} is being imported by another worker.`);
    return localId;
  });
}

/** Records the outcome of an item, so that this import does not process it again. */
export async function finishItem(
  intake: Intake,
  kind: ItemKind,
  sourceId: string,
  outcome: Pick<ItemRow, "localId" | "fingerprint"> &
    Partial<Pick<ItemRow, "points" | "files" | "bytes" | "isUnchanged" | "problems">>,
): Promise<void> {
  const { ctx, importId } = intake;
  const set = { ...outcome, at: new Date() };
  await ctx.db
    .insert(importItems)
    .values({ workspaceId: ctx.actor.workspaceId, importId, kind, sourceId, ...set })
    .onConflictDoUpdate({ target: [importItems.importId, importItems.kind, importItems.sourceId], set });
  intake.progressed();
}
