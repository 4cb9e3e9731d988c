import type { LoadedVersion } from "../gateways/contract.ts";
import type { OpenedModel } from "../pool/open-model.ts";
import type { DeployedModel } from "../versions/served-model.ts";
import type { LoadedModel, LoadedVersions } from "./loaded-versions.ts";
import type { Route } from "./routes.ts";

/** An endpoint in this gateway. */
export interface ServedEndpoint {
  route: Route;
  /** Version that should serve. */
  wanted: LoadedModel;
  /** Version that serves: the previous one, while the wanted one is loading or failed; undefined when there is none. */
  serving: LoadedModel | undefined;
  /** Previously deployed versions that stay loaded, to be addressed by their number. */
  kept: LoadedModel[];
  /** Versions loaded for load tests. */
  trials: LoadedModel[];
  /** Further steps of its cascade, in order; undefined without one. */
  next?: LoadedModel[] | undefined;
  /** The other version of its rollout; undefined without one. */
  other?: LoadedModel | undefined;
}

/**
 * Lists all versions loaded or to be loaded for an endpoint, each once: wanted, serving, rollout, retained, load test and cascade
 * versions.
 */
export function versionsOf({ wanted, serving, other, kept, trials, next = [] }: ServedEndpoint): LoadedModel[] {
  return [...new Set([wanted, serving ?? wanted, other ?? wanted, ...kept, ...trials, ...next])];
}

/** Serving version of each endpoint. Changes atomically, from a warm version to a warm version. */
export class RoutingTable {
  private readonly versions: LoadedVersions;
  /** Endpoints by workspace, then by name: a key of both would be joined and hashed for each request. */
  private endpoints = new Map<string, Map<string, ServedEndpoint>>();
  private outOfMemory: Route[] = [];

  constructor(versions: LoadedVersions) {
    this.versions = versions;
  }

  /** Makes the table that of `routes`. Versions that are not loaded yet take over once they are. */
  apply(routes: readonly Route[]): void {
    this.outOfMemory = routes.filter((route) => route.isUnloaded);
    const loaded = routes.filter((route) => !route.isUnloaded);
    const wanted = loaded.map((route) => this.versions.want(route, route.execution));
    const others = loaded.map((route) => this.wantOther(route));
    // By id: an endpoint created under the name of an earlier one is another one, whose clients must not get the earlier one's version.
    const before = new Map(this.all.map((endpoint) => [endpoint.route.endpointId, endpoint]));
    const next = new Map<string, Map<string, ServedEndpoint>>();
    for (const [index, route] of loaded.entries()) {
      // Requested after all serving versions, so that none of these waits for a version that few requests address.
      const { workspaceId, endpointId } = route;
      const wantAll = (models: readonly DeployedModel[]) =>
        models.map((model) => this.versions.want({ ...model, workspaceId, endpointId }, route.execution));
      const kept = wantAll(route.kept);
      const trials = wantAll(route.trials);
      const steps = route.cascade && wantAll(route.cascade.next);
      const { serving } = before.get(endpointId) ?? {};
      const served: ServedEndpoint = {
        route,
        wanted: wanted[index] as LoadedModel,
        serving,
        kept,
        trials,
        next: steps,
        other: others[index],
      };
      const ofWorkspace = next.get(route.workspaceId) ?? new Map<string, ServedEndpoint>();
      next.set(route.workspaceId, ofWorkspace.set(route.name, served));
    }
    this.endpoints = next;
    this.settle();
  }

  /** Lets versions that have become ready serve, and unloads those no longer needed. */
  settle(): void {
    for (const endpoint of this.all) {
      if (endpoint.wanted.state === "ready") endpoint.serving = endpoint.wanted;
    }
    const needed = this.all.flatMap(versionsOf);
    this.versions.keepOnly(new Set(needed.map(({ key }) => key)));
  }

  /** Both versions of a rollout stay loaded: when memory is short, others are evicted first, and an evicted one is loaded again. */
  private wantOther({ rollout, workspaceId, endpointId, execution }: Route): LoadedModel | undefined {
    const other = rollout && this.versions.want({ ...rollout.other, workspaceId, endpointId }, execution);
    if (!other) return undefined;
    other.usedAt = performance.now();
    if (other.state === "ready" && !other.opened) this.versions.wake(other).catch(() => {});
    return other;
  }

  find(workspaceId: string, name: string): ServedEndpoint | undefined {
    return this.endpoints.get(workspaceId)?.get(name);
  }

  /** Lists a workspace's endpoints: those in memory by name, and unloaded ones. */
  of(workspaceId: string): { served: ServedEndpoint[]; unloaded: Route[] } {
    const served = this.all.filter(({ route }) => route.workspaceId === workspaceId);
    served.sort((a, b) => (a.route.name < b.route.name ? -1 : 1));
    return { served, unloaded: this.outOfMemory.filter((route) => route.workspaceId === workspaceId) };
  }

  get all(): ServedEndpoint[] {
    return [...this.endpoints.values()].flatMap((endpoints) => [...endpoints.values()]);
  }

  /**
   * Describes the versions for the heartbeat: each endpoint's wanted version, the one that still serves when that is another, the other
   * one of a rollout, and those that stay loaded, are tested or are further steps.
   */
  describe(): LoadedVersion[] {
    return this.all.flatMap((endpoint) => {
      const { route, serving } = endpoint;
      return versionsOf(endpoint).map(({ model, state, message, opened }) => ({
        endpointId: route.endpointId,
        versionId: model.versionId,
        state,
        isServing: serving?.model.versionId === model.versionId && serving.opened === opened,
        ...(message !== undefined && { message }),
        ...(opened && loadedState(opened)),
      }));
    });
  }
}

function loadedState({ provider, fallbacks, batching, memoryBytes, pool }: OpenedModel): Partial<LoadedVersion> {
  const { workers, kind, engine, restarts, lastLoss } = pool.state;
  if (engine) return { provider, fallbacks, batching, engine };
  const losses = lastLoss && { count: restarts, ...lastLoss };
  return {
    provider,
    fallbacks,
    batching,
    memoryBytes,
    workers,
    ...(kind && { place: kind }),
    ...(losses && { losses }),
  };
}
