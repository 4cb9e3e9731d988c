import { inArray, isNull } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findSlo, type StoredSlo, selectSlos } from "../../objectives/stored-slos.ts";
import { toOpenSlo } from "../openslo/to-open-slo.ts";
import { ExportOpenSlo } from "./contract.ts";

/**
 * Exports an SLO, or all that are not archived, as OpenSLO v1 in YAML, by name; annotations hold everything that OpenSLO has no field for.
 * @throws DomainError "not-found"
 */
export async function exportOpenSlo(ctx: Context, input: ExportOpenSlo): Promise<string> {
  permit(ctx, "exportOpenSlo");
  const { slo } = ExportOpenSlo.parse(input);
  const found = slo === undefined ? await selectSlos(ctx, isNull(slos.archivedAt)) : [await findSlo(ctx, slo)];
  const names = await namesOf(ctx, found);
  return found
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, definition }) => toOpenSlo({ name, definition, partNames: names }))
    .join("---\n");
}

async function namesOf(ctx: Context, found: readonly StoredSlo[]): Promise<Record<string, string>> {
  const ids = found.flatMap(({ definition }) => definition.composite?.parts.map(({ sloId }) => sloId) ?? []);
  if (ids.length === 0) return {};
  return Object.fromEntries((await selectSlos(ctx, inArray(slos.id, ids))).map(({ id, name }) => [id, name]));
}
