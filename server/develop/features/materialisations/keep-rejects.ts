import { and, eq } from "drizzle-orm";
import { type featureMaterialisations, featureRejects } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { RejectedRow } from "../writes/write-features.ts";
import { maxKeptRejects } from "./contract.ts";

/** Characters of a cell that are kept, and cells of a row. */
const maxCellLength = 200;
const maxCells = 50;

/** Keeps the first rejected rows of a materialisation with their reasons, in the transaction that counts them. */
export async function keepRejects(
  ctx: Context,
  { id, viewId }: Pick<typeof featureMaterialisations.$inferSelect, "id" | "viewId">,
  rejected: readonly RejectedRow[],
): Promise<void> {
  if (rejected.length === 0) return;
  const { workspaceId } = ctx.actor;
  const ofThis = and(eq(featureRejects.workspaceId, workspaceId), eq(featureRejects.materialisationId, id));
  const room = maxKeptRejects - (await ctx.db.$count(featureRejects, ofThis));
  if (room <= 0) return;
  await ctx.db.insert(featureRejects).values(
    rejected.slice(0, room).map(({ cells, column, problem }) => ({
      workspaceId,
      viewId,
      materialisationId: id,
      origin: "materialisation",
      row: shownRow(cells, column),
      column,
      reason: problem,
    })),
  );
}

/** Returns the cells of a row as JSON holds them, shortened; the bad one is among them. */
function shownRow(cells: Record<string, unknown>, column: string): Record<string, unknown> {
  const names = [column, ...Object.keys(cells).filter((name) => name !== column)].filter((name) => name in cells);
  return Object.fromEntries(names.slice(0, maxCells).map((name) => [name, shownCell(cells[name])]));
}

function shownCell(cell: unknown): unknown {
  if (cell === null || cell === undefined || typeof cell === "boolean") return cell ?? null;
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : String(cell);
  if (cell instanceof Uint8Array) return shortened(Buffer.from(cell.subarray(0, maxCellLength)).toString("base64"));
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell === "object")
    return shortened(JSON.stringify(cell, (_, value) => (typeof value === "bigint" ? String(value) : value)));
  return shortened(String(cell));
}

/** Shortens a text. Postgres stores neither a null character nor half of a surrogate pair. */
function shortened(text: string): string {
  const shown = text.length > maxCellLength ? `${text.slice(0, maxCellLength)}…` : text;
  return shown.replaceAll("\0", "␀").toWellFormed();
}
