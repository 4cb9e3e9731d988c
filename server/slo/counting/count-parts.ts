import { inArray } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { activeAdjustments } from "../adjustments/adjustment-rows.ts";
import type { CompositePart } from "../engine/combine.ts";
import { knownUntil } from "../engine/events.ts";
import type { Span } from "../indicators/source.ts";
import { type StoredSlo, selectSlos } from "../objectives/slo-rows.ts";
import { countSlo } from "./count-slo.ts";

/** What was counted of the parts of a composite, each as much earlier as its labels need. For who was let in already. */
export async function countParts(
  ctx: Context,
  { definition }: StoredSlo,
  { from, to }: Span,
): Promise<CompositePart[]> {
  const ids = definition.composite?.parts.map(({ sloId }) => sloId) ?? [];
  const parts: CompositePart[] = [];
  for (const part of await selectSlos(ctx, inArray(slos.id, ids))) {
    const counts = await countSlo(ctx, part, { from: knownUntil(part.definition, from), to });
    const adjustments = await activeAdjustments(ctx, part.id);
    parts.push({ sloId: part.id, definition: part.definition, counts, adjustments });
  }
  return parts;
}
