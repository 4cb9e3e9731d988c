import { and, eq, inArray, isNull } from "drizzle-orm";
import { endpoints, featureViews, slos } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { SloDefinition } from "../../objectives/contract.ts";
import { type StoredSlo, selectSlos } from "../../objectives/stored-slos.ts";
import { ruleWarnings } from "../engine/rule-warnings.ts";
import { SloDraft } from "../objectives/contract.ts";
import { pages } from "../objectives/definition-problem.ts";
import { lacksOf } from "../objectives/refuse-incomplete.ts";
import { changeSlo, insertSlo } from "../objectives/save-slo.ts";
import type { ImportedSlo } from "../openslo/from-open-slo.ts";
import { endpointOfService, viewOfService } from "../openslo/read-indicator.ts";
import type { ImportResult } from "./contract.ts";

type Saved = ImportResult["slos"][number];

/** Saves one SLO of a file in the caller's transaction, or says why it cannot be: then nothing of it is saved. */
export async function saveImported(ctx: Context, imported: ImportedSlo, reason: string): Promise<Saved> {
  const { name } = imported;
  const [known] = await selectSlos(ctx, eq(slos.name, name));
  const action = !known ? "create" : known.archivedAt ? "restore" : "change";
  try {
    return await transact(ctx, async (ctx) => {
      const { definition, warnings } = await resolved(ctx, imported);
      const draft = SloDraft.parse(definition);
      const change = { draft, reason, isFromFile: true };
      const slo =
        known && action === "change"
          ? await changeSlo(ctx, known.id, change)
          : await insertSlo(ctx, {
              name,
              teamId: known?.teamId ?? null,
              runbookId: known?.runbookId ?? null,
              ...change,
            });
      const isRetained = action === "change" && slo.revision === known?.revision;
      return { name, action: isRetained ? "keep" : action, problem: null, ...describeImported(slo, warnings) };
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { name, action, problem: error.message, missing: [], warnings: [] };
  }
}

function describeImported(slo: StoredSlo, warnings: string[]) {
  const missing = pages(slo.definition) ? lacksOf(slo) : [];
  const missingInputs = missing.length > 0 ? [`It can page, but has no ${missing.join(" and no ")} yet.`] : [];
  return { missing, warnings: [...warnings, ...ruleWarnings(slo.definition), ...missingInputs] };
}

/**
 * Resolves names in a file to ids of this workspace: the components, and the endpoint and the feature view if their ids belong to another
 * workspace.
 */
async function resolved(
  ctx: Context,
  imported: ImportedSlo,
): Promise<{ definition: SloDefinition; warnings: string[] }> {
  const { definition, composite } = imported;
  if (composite) {
    const ids = await partIds(
      ctx,
      composite.parts.map(({ name }) => name),
    );
    const parts = composite.parts.map(({ name, weight }) => ({ sloId: ids.get(name) ?? noPart(name), weight }));
    return { definition: { ...definition, indicator: null, composite: { mode: composite.mode, parts } }, warnings: [] };
  }
  const ofView = await withView(ctx, definition);
  const ofEndpoint = await withEndpoint(ctx, ofView.definition);
  return { definition: ofEndpoint.definition, warnings: [...ofView.warnings, ...ofEndpoint.warnings] };
}

interface Resolved {
  definition: SloDefinition;
  warnings: string[];
}

async function withView(ctx: Context, definition: SloDefinition): Promise<Resolved> {
  const { indicator, service } = definition;
  if (!indicator || !("viewId" in indicator) || indicator.viewId === null) return { definition, warnings: [] };
  const rows = await ctx.db
    .select({ id: featureViews.id, name: featureViews.name })
    .from(featureViews)
    .where(eq(featureViews.workspaceId, ctx.actor.workspaceId));
  if (rows.some(({ id }) => id === indicator.viewId)) return { definition, warnings: [] };
  const named = rows.find(({ name }) => name === service);
  if (!named) {
    const what = "Its feature view is not in this workspace, and no view is named";
    throw new DomainError("invalid", `${what} "${service}", the name of its service. Set spec.service to a view.`);
  }
  const isSaid = indicator.viewId === viewOfService;
  return {
    definition: { ...definition, indicator: { ...indicator, viewId: named.id } },
    warnings: isSaid
      ? []
      : [`The file's feature view is not in this workspace; using "${service}", the name of its service, instead.`],
  };
}

async function withEndpoint(ctx: Context, definition: SloDefinition): Promise<Resolved> {
  const { indicator, service } = definition;
  if (!indicator || !("endpointId" in indicator) || indicator.endpointId === null) return { definition, warnings: [] };
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .select({ id: endpoints.id, name: endpoints.name })
    .from(endpoints)
    .where(and(eq(endpoints.workspaceId, workspaceId), isNull(endpoints.archivedAt)));
  if (rows.some(({ id }) => id === indicator.endpointId)) return { definition, warnings: [] };
  const named = rows.find(({ name }) => name === service);
  if (!named) {
    const what = "Its endpoint is not in this workspace, and no endpoint is named";
    throw new DomainError("invalid", `${what} "${service}", the name of its service. Set spec.service to an endpoint.`);
  }
  const isSaid = indicator.endpointId === endpointOfService;
  return {
    definition: { ...definition, indicator: { ...indicator, endpointId: named.id } },
    warnings: isSaid
      ? []
      : [`The file's endpoint is not in this workspace; using "${service}", the name of its service, instead.`],
  };
}

async function partIds(ctx: Context, names: string[]): Promise<Map<string, string>> {
  const found = await selectSlos(ctx, and(inArray(slos.name, names), isNull(slos.archivedAt)));
  return new Map(found.map(({ name, id }) => [name, id]));
}

function noPart(name: string): never {
  throw new DomainError("invalid", `It is a composite of "${name}", which does not exist. Add it to the file.`);
}
