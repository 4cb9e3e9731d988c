import type { Database } from "#db/client.ts";
import type { PredictionCache } from "../cache/prediction-cache.ts";
import type { ModelFiles } from "../versions/model-files.ts";
import { loadCopy, saveCopy } from "./disk-copy.ts";
import type { LoadedVersions } from "./loaded-versions.ts";
import { readServed } from "./read-served.ts";
import { completed, type Route } from "./routes.ts";
import type { RoutingTable } from "./routing-table.ts";

/** Components that follow the routes: the served versions, the cached predictions, and the local files. */
interface Followers {
  table: RoutingTable;
  cache: PredictionCache;
  versions: LoadedVersions;
  files: ModelFiles;
}

/** Reads what there is to serve, from Postgres or else from the copy on disk. */
export class FollowedRoutes {
  private readonly db: Database;
  private readonly path: string;
  private readonly followers: Followers;
  private isKnown = false;

  /** @param path of the copy */
  constructor(db: Database, path: string, followers: Followers) {
    this.db = db;
    this.path = path;
    this.followers = followers;
  }

  /** Whether the routes are known. */
  get areKnown(): boolean {
    return this.isKnown;
  }

  /** Follows the copy. @returns whether there is one */
  followCopy(): boolean {
    const copy = loadCopy<Route[]>(this.path);
    // The copy may be from a release with fewer settings.
    if (copy) this.follow(copy.map((route) => ({ ...route, ...completed(route) })));
    return copy !== undefined;
  }

  /** Reloads the routes from Postgres, and stores a copy. */
  async refresh(): Promise<void> {
    const routes = await readServed(this.db);
    this.follow(routes);
    saveCopy(this.path, routes);
    const { versions, files } = this.followers;
    files.prune(new Set(versions.all.map(({ model }) => model.versionId)));
  }

  private follow(routes: Route[]): void {
    const { table, cache: predictionCache } = this.followers;
    table.apply(routes);
    predictionCache.keepOnly(new Map(routes.map(({ endpointId, cache }) => [endpointId, cache])));
    this.isKnown = true;
  }
}
