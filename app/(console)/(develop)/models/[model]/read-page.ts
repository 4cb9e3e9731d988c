import { found } from "#app/_lib/found.ts";
import type { Context } from "#server/base/context.ts";
import type { Checklist } from "#server/develop/registry/gates/contract.ts";
import { getModel, getModelSummary } from "#server/develop/registry/models/queries.ts";
import { getPolicy } from "#server/develop/registry/policy/queries.ts";
import { listSecuritySummaries } from "#server/develop/registry/security/queries.ts";
import { listVersionDetails } from "#server/develop/registry/versions/lineage-queries.ts";
import { listChecklists } from "#server/release/gates/queries.ts";
import { listPromotionRequests } from "#server/release/promotion/queries.ts";

const perPage = 20;

/** Reads the data that every view of a model shows. A missing model leads to the not-found page. */
export async function readModelPage(ctx: Context, name: string) {
  const model = await found(getModelSummary(ctx, name));
  const [{ ownerId, tags }, inForce, open] = await Promise.all([
    getModel(ctx, name),
    getPolicy(ctx, name),
    listPromotionRequests(ctx, { name, which: "open" }),
  ]);
  return { model, ownerId, tags, inForce, open };
}

export type ModelPageData = Awaited<ReturnType<typeof readModelPage>>;

/** Reads one page of versions with their checklists, newest first. @param before only versions below this number. */
export async function readVersions(ctx: Context, name: string, before: number | undefined) {
  const versions = await listVersionDetails(ctx, { name, before, limit: perPage + 1 });
  const shown = versions.slice(0, perPage);
  const checklists: Checklist[] = await listChecklists(ctx, { name, versions: shown.map(({ version }) => version) });
  const security = await listSecuritySummaries(
    ctx,
    shown.map(({ id }) => id),
  );
  return { shown, checklists, security, next: versions.length > perPage ? shown.at(-1)?.version : undefined };
}
