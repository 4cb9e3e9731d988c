import { and, eq, sql } from "drizzle-orm";
import { modelVersions, monitoringAnalyses } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findUploadedVersion } from "#server/develop/datasets/lookups.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { activeProfiles } from "../profiles/load-profile.ts";
import { addAnalysis } from "./add-analysis.ts";
import { type Analysis, type AnalysisQuestion, RequestAnalysis } from "./contract.ts";
import { selectAnalyses } from "./lookups.ts";

const maxQueued = 20;

/**
 * Requests an analysis that compares rows with rows; a job runs it.
 * @throws DomainError "not-found" for a dataset, an endpoint or a version; "invalid" without a reference, or for a range that ends before
 * it starts; "conflict" while 20 others are queued.
 */
export async function requestAnalysis(ctx: Context, input: RequestAnalysis): Promise<Analysis> {
  permit(ctx, "requestAnalysis");
  const { question } = RequestAnalysis.parse(input);
  return transact(ctx, async (ctx) => {
    const endpointId = await checkQuestion(ctx, question);
    await refuseTooMany(ctx);
    const id = await addAnalysis(ctx, { endpointId, question });
    const [analysis] = await selectAnalyses(ctx, eq(monitoringAnalyses.id, id), 1);
    return analysis as Analysis;
  });
}

/** Checks a question. @returns the endpoint that it concerns; null for files. */
async function checkQuestion(ctx: Context, question: AnalysisQuestion): Promise<string | null> {
  if (question.kind === "batch") {
    await findUploadedVersion(ctx, question.reference);
    await findUploadedVersion(ctx, question.current);
    return null;
  }
  if (question.kind === "skew") {
    await findUploadedVersion(ctx, question.skew.dataset);
    return (await findEndpointById(ctx, question.skew.endpointId)).id;
  }
  if (question.kind === "consistency") {
    const { endpointId, first, second } = question.consistency;
    for (const { versionId } of [first, second]) await findOurs(ctx, versionId);
    return (await findEndpointById(ctx, endpointId)).id;
  }
  if (question.from >= question.to) throw new DomainError("invalid", "The end must be after the start.");
  const endpoint = await findEndpointById(ctx, question.endpointId);
  const version = await findOurs(ctx, question.versionId);
  const profiles = await activeProfiles(ctx.db, [version.id]);
  if (!profiles.has(version.id)) {
    throw new DomainError("invalid", "This version has no reference. Create one on the version's page.");
  }
  return endpoint.id;
}

async function findOurs(ctx: Context, versionId: string): Promise<{ id: string }> {
  const isOurs = and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.id, versionId));
  const [version] = await ctx.db.select({ id: modelVersions.id }).from(modelVersions).where(isOurs);
  if (!version) throw new DomainError("not-found", "Version not found.");
  return version;
}

async function refuseTooMany(ctx: Context): Promise<void> {
  const [waiting] = await ctx.db
    .select({ count: sql<number>`count(*)::int` })
    .from(monitoringAnalyses)
    .where(
      and(
        eq(monitoringAnalyses.workspaceId, ctx.actor.workspaceId),
        sql`${monitoringAnalyses.state} in ('waiting', 'running')`,
      ),
    );
  if ((waiting?.count ?? 0) >= maxQueued) {
    throw new DomainError("conflict", `${maxQueued} analyses are already queued or running. Try again later.`);
  }
}
