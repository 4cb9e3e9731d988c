import type { Labels } from "#server/base/metrics/tally-metric.ts";

/** Twice the interval at which Prometheus asks unless told otherwise: what was counted last is still read. */
const retentionMs = 120_000;

/** Names a version behind an endpoint, wherever it ran and whatever its requests were for. */
export function versionKeyOf({ workspace, endpoint, model, version }: Labels): string {
  return JSON.stringify([workspace, endpoint, model, version]);
}

/** Which of the versions that something was counted for have left. */
export class RetiredVersions {
  /** When a version was first found gone, in milliseconds since 1970; undefined while it is here. */
  private readonly known = new Map<string, number | undefined>();

  see(labels: Labels): void {
    const key = versionKeyOf(labels);
    if (!this.known.has(key)) this.known.set(key, undefined);
  }

  /** Forgets versions that left two minutes ago and did not come back. @returns their keys */
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
