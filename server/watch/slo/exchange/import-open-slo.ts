import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { fromOpenSlo, type ImportedSlo } from "../openslo/from-open-slo.ts";
import { ImportOpenSlo, type ImportResult } from "./contract.ts";
import { saveImported } from "./save-imported.ts";

/**
 * Creates and updates the SLOs of a file, all of them or none: existing ones are updated, archived ones are restored, and SLOs outside the
 * file stay. A dry run reports the changes, and any problems.
 * @throws DomainError "invalid" for an unreadable file and, except in dry runs, for an SLO that cannot be saved
 */
export async function importOpenSlo(ctx: Context, input: ImportOpenSlo): Promise<ImportResult> {
  permit(ctx, "importOpenSlo");
  const { yaml, isDryRun, reason } = ImportOpenSlo.parse(input);
  const { slos, warnings } = fromOpenSlo(yaml);
  // Parts before what is composed of them.
  const ordered = slos.toSorted((a, b) => Number(a.composite !== null) - Number(b.composite !== null));
  const saved = isDryRun ? await tried(ctx, ordered, reason) : await saveAll(ctx, ordered, reason);
  return { isDryRun, slos: saved, warnings };
}

type Saved = ImportResult["slos"];

function saveAll(ctx: Context, slos: readonly ImportedSlo[], reason: string): Promise<Saved> {
  return transact(ctx, async (ctx) => {
    const saved: Saved = [];
    for (const slo of slos) {
      const one = await saveImported(ctx, slo, reason);
      if (one.problem !== null) throw new DomainError("invalid", `${one.name}: ${one.problem}`, { field: "yaml" });
      saved.push(one);
    }
    return saved;
  });
}

/** Runs saveAll and rolls it back, which gives exactly the result of saving. */
async function tried(ctx: Context, slos: readonly ImportedSlo[], reason: string): Promise<Saved> {
  const saved: Saved = [];
  const undo = new Error("undone");
  await transact(ctx, async (ctx) => {
    for (const slo of slos) saved.push(await saveImported(ctx, slo, reason));
    throw undo;
  }).catch((error: unknown) => {
    if (error !== undo) throw error;
  });
  return saved;
}
