import type { Labels } from "#server/base/metrics/tally-metric.ts";

/** Twice the default scrape interval of Prometheus, so that the last counts are still read. */
const retentionMs = 120_000;

/** Returns a key for a version of an endpoint, regardless of where it ran and the purpose of its requests. */
export function versionKeyOf({ workspace, endpoint, model, version }: Labels): string {
  return JSON.stringify([workspace, endpoint, model, version]);
}

/** Tracks which of the counted versions are no longer loaded. */
export class RetiredVersions {
  /** Time at which a version was first found missing, in milliseconds since 1970; undefined while it is loaded. */
  private readonly known = new Map<string, number | undefined>();

  see(labels: Labels): void {
    const key = versionKeyOf(labels);
    if (!this.known.has(key)) this.known.set(key, undefined);
  }

  /** Removes versions that left two minutes ago and did not come back. @returns their keys */
  sweep(here: readonly Labels[], now: number): Set<string> {
    const present = new Set(here.map(versionKeyOf));
    const retired = new Set<string>();
    for (const [key, since = now] of this.known) {
      this.known.set(key, present.has(key) ? undefined : since);
      if (!present.has(key) && now - since >= retentionMs) retired.add(key);
    }
    for (const key of retired) this.known.delete(key);
    return retired;
  }
}
