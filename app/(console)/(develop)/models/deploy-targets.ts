import type { DeployTarget } from "#components/release/endpoints/deploy-dialog.tsx";
import type { Context } from "#server/base/context.ts";
import { trimOf } from "#server/base/text/trim-of.ts";
import { getVersion } from "#server/develop/registry/versions/queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { toChoice } from "../../(serve)/endpoints/version-choices.ts";

const most = 30;

/** Lists the deployment targets of a model's version: endpoints, those that serve the model first, and a new one with its name. */
export async function deployTargets(ctx: Context, modelName: string): Promise<DeployTarget[]> {
  const { endpoints } = await listEndpoints(ctx, { limit: most });
  const servesIt = (endpoint: (typeof endpoints)[number]) => Number(endpoint.current?.modelName === modelName);
  const targets = endpoints
    .toSorted((a, b) => servesIt(b) - servesIt(a))
    .map(async ({ id, name, current }): Promise<DeployTarget> => {
      const served = current && (await getVersion(ctx, { name: current.modelName, version: current.version }));
      return { id, name, current: served ? toChoice(served) : undefined, engine: current?.engine };
    });
  const nameExists = endpoints.some(({ name }) => name === modelName);
  return [...(await Promise.all(targets)), { name: nameExists ? "" : endpointNameOf(modelName) }];
}

/** Converts a model name to a valid endpoint name. */
function endpointNameOf(modelName: string): string {
  return trimOf(modelName.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-"), "-");
}
