import type { LoadedVersion } from "../contract.ts";
import type { OpenedModel } from "../pool/open-model.ts";
import type { LoadedModel, LoadedVersions } from "./loaded-versions.ts";
import type { Route } from "./routes.ts";

/** An endpoint in this gateway. */
export interface ServedEndpoint {
  route: Route;
  /** What should answer. */
  wanted: LoadedModel;
  /** What answers: the version before, while the wanted one is loading or failed; undefined when there is none. */
  serving: LoadedModel | undefined;
}

/** Which version answers for which endpoint. Changes in one step, from a warm version to a warm version. */
export class RoutingTable {
  private readonly versions: LoadedVersions;
  private endpoints = new Map<string, ServedEndpoint>();

  constructor(versions: LoadedVersions) {
    this.versions = versions;
  }

  /** Makes the table that of `routes`. Versions that are not loaded yet take over once they are. */
  apply(routes: readonly Route[]): void {
    const next = new Map<string, ServedEndpoint>();
    for (const route of routes) {
      const key = keyOf(route.workspaceId, route.name);
      const before = this.endpoints.get(key);
      next.set(key, { route, wanted: this.versions.want(route), serving: before?.serving });
    }
    this.endpoints = next;
    this.settle();
  }

  /** Lets versions that have become ready answer, and unloads those that nobody needs any more. */
  settle(): void {
    for (const endpoint of this.endpoints.values()) {
      if (endpoint.wanted.state === "ready") endpoint.serving = endpoint.wanted;
    }
    const needed = this.all.flatMap(({ wanted, serving }) => (serving ? [wanted.key, serving.key] : [wanted.key]));
    void this.versions.keepOnly(new Set(needed));
  }

  find(workspaceId: string, name: string): ServedEndpoint | undefined {
    return this.endpoints.get(keyOf(workspaceId, name));
  }

  /** Names of a workspace's endpoints, sorted. */
  namesOf(workspaceId: string): string[] {
    const own = this.all.filter(({ route }) => route.workspaceId === workspaceId);
    return own.map(({ route }) => route.name).sort();
  }

  get all(): ServedEndpoint[] {
    return [...this.endpoints.values()];
  }

  /** For the heartbeat: each endpoint's wanted version, and the one that still answers when that is another. */
  describe(): LoadedVersion[] {
    return this.all.flatMap(({ route, wanted, serving }) => {
      const models = serving && serving !== wanted ? [wanted, serving] : [wanted];
      return models.map(({ model, state, message, opened }) => ({
        endpointId: route.endpointId,
        versionId: model.versionId,
        state,
        isServing: serving?.model.versionId === model.versionId && serving.opened === opened,
        ...(message !== undefined && { message }),
        ...(opened && told(opened)),
      }));
    });
  }
}

function told({ provider, fallbacks, batching, pool }: OpenedModel): Partial<LoadedVersion> {
  const { workers, place } = pool.state;
  return { provider, fallbacks, batching, workers, place };
}

function keyOf(workspaceId: string, name: string): string {
  return `${workspaceId} ${name}`;
}
