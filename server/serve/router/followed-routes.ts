import type { Database } from "#db/client.ts";
import { log } from "#server/base/log.ts";
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
  private routes: Route[] | undefined;
  private savedText = "";
  private confirmedAt = performance.now();

  /** @param path of the copy */
  constructor(db: Database, path: string, followers: Followers) {
    this.db = db;
    this.path = path;
    this.followers = followers;
  }

  /** Whether the routes are known. */
  get areKnown(): boolean {
    return this.routes !== undefined;
  }

  /** Milliseconds since Postgres last confirmed the routes; since the start, while it has not. */
  get ageMs(): number {
    return performance.now() - this.confirmedAt;
  }

  /** Follows the copy. @returns whether there is one that can be followed */
  followCopy(): boolean {
    const copy = loadCopy<Route[]>(this.path, Array.isArray);
    if (!copy) return false;
    try {
      // The copy may be from a release with fewer settings.
      this.follow(copy.map((route) => ({ ...route, ...completed(route) })));
    } catch (cause) {
      log.warn("copy.not_read", { path: this.path, reason: String(cause) });
    }
    return this.areKnown;
  }

  /** Reloads the routes from Postgres, and stores a copy. @throws when Postgres does not respond; the routes remain */
  async refresh(): Promise<void> {
    const startedAt = performance.now();
    const routes = await readServed(this.db).catch((error: unknown) => {
      // Versions that failed are due again without Postgres too.
      if (this.routes) this.follow(this.routes);
      throw error;
    });
    this.follow(routes);
    this.confirmedAt = startedAt;
    const { versions, files } = this.followers;
    // First, since a full disk has no room for a copy.
    files.prune(new Set(versions.all.map(({ model }) => model.versionId)));
    const text = JSON.stringify(routes);
    if (text !== this.savedText) await saveCopy(this.path, [text]);
    this.savedText = text;
  }

  private follow(routes: Route[]): void {
    const { table, cache: predictionCache } = this.followers;
    table.apply(routes);
    predictionCache.keepOnly(new Map(routes.map(({ endpointId, cache }) => [endpointId, cache])));
    this.routes = routes;
  }
}
