import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadEndpoint } from "../endpoints/load-endpoint.ts";
import { findEndpoint } from "../endpoints/lookups.ts";
import { unloadEndpoint } from "../endpoints/unload-endpoint.ts";
import type { LoadedVersions } from "./loaded-versions.ts";
import { type RoutingTable, versionsOf } from "./routing-table.ts";

interface RepositoryParts {
  table: RoutingTable;
  versions: LoadedVersions;
  /** Reads the routes as they are from now on. */
  followRoutes(): Promise<void>;
}

/** Loads and unloads on request. All gateways follow; the response waits for this one. */
export class ModelRepository {
  private readonly parts: RepositoryParts;

  constructor(parts: RepositoryParts) {
    this.parts = parts;
  }

  /**
   * Loads what should serve behind an endpoint; what could not be loaded is tried again.
   * @throws DomainError "not-found"; "invalid" with the reason when the version cannot be loaded; as loadEndpoint
   */
  async load(ctx: Context, name: string): Promise<void> {
    permit(ctx, "loadEndpoint");
    const { table, versions, followRoutes } = this.parts;
    const { id: endpointId } = await findEndpoint(ctx, name);
    await loadEndpoint(ctx, { endpointId });
    const find = () => table.find(ctx.actor.workspaceId, name);
    versions.forgive(find()?.wanted);
    await followRoutes();
    const endpoint = find();
    if (!endpoint) throw new DomainError("conflict", `'${name}' was unloaded or archived in the meantime.`);
    const { wanted, kept } = endpoint;
    await Promise.all([wanted, ...kept].map(({ work }) => work));
    if (wanted.state === "failed") throw new DomainError("invalid", wanted.message ?? "Failed to load.");
  }

  /** Stops serving an endpoint, and waits until its versions have left memory. @throws DomainError as unloadEndpoint */
  async unload(ctx: Context, name: string): Promise<void> {
    permit(ctx, "unloadEndpoint");
    const { id: endpointId } = await findEndpoint(ctx, name);
    const { table, versions, followRoutes } = this.parts;
    const served = table.find(ctx.actor.workspaceId, name);
    await unloadEndpoint(ctx, { endpointId, reason: "requested through the repository API" });
    await followRoutes();
    if (served) await versions.untilUnloaded(versionsOf(served));
  }
}
