import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "#db/client.ts";
import { isObject } from "#server/serve/protocol/json-object.ts";
import { loadCopy, saveCopy } from "#server/serve/router/disk-copy.ts";
import type { FollowedReferences, ServedVersions } from "#server/serve/telemetry/feature-states.ts";
import { MonitorSettings } from "../contract.ts";
import { activeProfiles, loadProfile } from "../profiles/load-profile.ts";
import { settingsByEndpoint } from "../settings/queries.ts";
import type { ProfiledFeature } from "../state/contract.ts";
import { typicalValue } from "../state/typical-value.ts";
import { type WatchedVersion, watchedVersion } from "./watched-version.ts";

/** As far as counting needs them. */
export type WatchSettings = Pick<MonitorSettings, "isOn" | "share" | "segmentBy">;

interface Copy {
  /** Ids of profiles by version. */
  active: Record<string, string>;
  settings: Record<string, WatchSettings>;
}

const byDefault: WatchSettings = MonitorSettings.parse({});

function isCopy(value: unknown): boolean {
  return isObject(value) && isObject(value.active) && isObject(value.settings);
}

/**
 * Active references and settings of the versions that a gateway serves, followed from Postgres, with a copy on disk for when it is
 * down.
 */
export class ProfileBook implements FollowedReferences {
  /** Grows whenever a reference or a setting may be another one. */
  edition = 0;
  private readonly folder: string;
  private readonly served: () => ServedVersions;
  private versions = new Map<string, WatchedVersion>();
  private endpoints = new Map<string, WatchSettings>();
  private readonly kept: string;
  private savedText = "";

  /** @param folder of the copies */
  constructor(folder: string, served: () => ServedVersions) {
    this.folder = folder;
    this.kept = join(folder, "active.json");
    this.served = served;
  }

  /** Returns the monitored version; undefined without an active reference. */
  watched(versionId: string): WatchedVersion | undefined {
    return this.versions.get(versionId);
  }

  settings(endpointId: string): WatchSettings {
    return this.endpoints.get(endpointId) ?? byDefault;
  }

  typicalValue(versionId: string, feature: string): number | string | undefined {
    const profiled = this.versions
      .get(versionId)
      ?.profiled.find(({ name, role }) => name === feature && role === "input");
    return profiled && typicalValue(profiled.profile);
  }

  /** Follows the copy, as far as there is one. */
  followCopy(): void {
    const copy = loadCopy<Copy>(this.kept, isCopy);
    if (!copy) return;
    const profiles = new Map<string, ProfiledFeature[]>();
    for (const id of new Set(Object.values(copy.active))) {
      const features = loadCopy<ProfiledFeature[]>(this.pathOf(id), Array.isArray);
      if (features) profiles.set(id, features);
    }
    this.follow(copy, profiles);
  }

  /** Reloads from Postgres, and stores a copy of changed ones. */
  async refresh(db: Database): Promise<void> {
    const { models, endpointIds } = this.served();
    const active = Object.fromEntries(
      await activeProfiles(
        db,
        models.map(({ versionId }) => versionId),
      ),
    );
    const profiles = new Map<string, readonly ProfiledFeature[]>();
    for (const id of new Set(Object.values(active))) {
      const loaded = await loadProfile(db, id);
      if (!loaded) continue;
      profiles.set(id, loaded.features);
      // It never changes.
      if (!existsSync(this.pathOf(id))) await saveCopy(this.pathOf(id), [JSON.stringify(loaded.features)]);
    }
    const all = await settingsByEndpoint(db, endpointIds);
    const settings = Object.fromEntries(
      [...all].map(([id, { isOn, share, segmentBy }]) => [id, { isOn, share, segmentBy }]),
    );
    this.follow({ active, settings }, profiles);
    const text = JSON.stringify({ active, settings });
    if (text !== this.savedText) await saveCopy(this.kept, [text]);
    this.savedText = text;
    this.prune(new Set(Object.values(active)));
  }

  private follow({ active, settings }: Copy, profiles: ReadonlyMap<string, readonly ProfiledFeature[]>): void {
    const next = new Map<string, WatchedVersion>();
    for (const model of this.served().models) {
      const id = active[model.versionId];
      const features = id === undefined ? undefined : profiles.get(id);
      if (id === undefined || !features) continue;
      const known = this.versions.get(model.versionId);
      next.set(model.versionId, known?.profileId === id ? known : watchedVersion(id, features, model));
    }
    this.versions = next;
    this.endpoints = new Map(Object.entries(settings));
    this.edition += 1;
  }

  private prune(wanted: ReadonlySet<string>): void {
    for (const name of existsSync(this.folder) ? readdirSync(this.folder) : []) {
      const id = /^([0-9a-f-]{36})\.json$/.exec(name)?.[1];
      if (id !== undefined && !wanted.has(id)) rmSync(join(this.folder, name), { force: true });
    }
  }

  private pathOf(profileId: string): string {
    return join(this.folder, `${profileId}.json`);
  }
}
