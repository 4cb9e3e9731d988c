import { inArray } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Span } from "#server/base/span.ts";
import { type StoredSlo, selectSlos } from "../../objectives/stored-slos.ts";
import { activeAdjustments } from "../adjustments/adjustment-rows.ts";
import type { CompositePart } from "../engine/combine.ts";
import { knownUntil } from "../engine/events.ts";
import { countSlo } from "./count-slo.ts";

/** A part with what its counts are worth, and what it is about. */
type CountedPart = CompositePart & Pick<StoredSlo, "endpointId"> & { isApproximate: boolean };

/** Counts the components of a composite, each shifted back by its label delay. The caller has checked permissions. */
export async function countParts(
  ctx: Context,
  { definition }: Pick<StoredSlo, "definition">,
  { from, to }: Span,
): Promise<CountedPart[]> {
  const ids = definition.composite?.parts.map(({ sloId }) => sloId) ?? [];
  const parts: CountedPart[] = [];
  for (const part of await selectSlos(ctx, inArray(slos.id, ids))) {
    const { isApproximate, ...counts } = await countSlo(ctx, part, { from: knownUntil(part.definition, from), to });
    const adjustments = await activeAdjustments(ctx, part.id);
    const { id: sloId, definition, endpointId, archivedAt } = part;
    const isArchived = archivedAt !== null;
    parts.push({ sloId, isArchived, definition, endpointId, counts, adjustments, isApproximate });
  }
  return parts;
}
