import { sql } from "drizzle-orm";
import { deployments, modelVersions } from "#db/schema/index.ts";

/**
 * Whether a deployment goes back to an earlier version: the one before it on its endpoint was a higher version of the same model. For queries
 * that join model_versions.
 */
export const isReturn = sql<boolean>`coalesce((
  select before_version.model_id = ${modelVersions.modelId} and before_version.version > ${modelVersions.version}
  from deployments as before join model_versions as before_version on before_version.id = before.version_id
  where before.endpoint_id = ${deployments.endpointId} and before.id < ${deployments.id}
  order by before.id desc limit 1), false)`;
