import { eq, isNull } from "drizzle-orm";
import { monitoringAnalyses } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Analysis, ListAnalyses } from "./contract.ts";
import { selectAnalyses } from "./lookups.ts";

const maxListed = 50;

/** Lists analyses of an endpoint, or of files, newest first, at most 50. */
export async function listAnalyses(ctx: Context, input: ListAnalyses): Promise<Analysis[]> {
  permit(ctx, "listAnalyses");
  const { endpointId } = ListAnalyses.parse(input);
  const column = monitoringAnalyses.endpointId;
  return selectAnalyses(ctx, endpointId ? eq(column, endpointId) : isNull(column), maxListed);
}

/** Returns one analysis with its result. @throws DomainError "not-found" */
export async function getAnalysis(ctx: Context, analysisId: string): Promise<Analysis> {
  permit(ctx, "getAnalysis");
  const [found] = await selectAnalyses(ctx, eq(monitoringAnalyses.id, analysisId), 1);
  if (!found) throw new DomainError("not-found", "Analysis not found.");
  return found;
}
