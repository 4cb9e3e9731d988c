import type { PolicyOptions } from "#components/improve/retraining/policy-form.tsx";
import type { Context } from "#server/base/context.ts";
import { listModels } from "#server/develop/registry/models/queries.ts";
import { listLabelProjects } from "#server/improve/labelling/projects/queries.ts";
import { listTemplates } from "#server/improve/training/templates/queries.ts";
import { listEvaluationSets } from "#server/release/evaluation/sets/set-queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";

/** Loads what the fields of a policy's form offer. */
export async function policyOptions(ctx: Context): Promise<PolicyOptions> {
  const models = await listModels(ctx, { limit: 500 });
  const { endpoints } = await listEndpoints(ctx, { limit: 500 });
  const templates = await listTemplates(ctx);
  const sets = await listEvaluationSets(ctx, { limit: 500 });
  const projects = await listLabelProjects(ctx);
  return {
    models: models.map(({ name }) => name),
    endpoints: endpoints.map(({ name }) => name),
    templates: templates.map(({ name }) => name),
    evaluationSets: sets.map(({ id, name, digest }) => ({ id, name: `${name}@${digest.slice(0, 8)}` })),
    projects: projects.map(({ id, name }) => ({ id, name })),
  };
}
