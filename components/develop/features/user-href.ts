import type { ServiceUser } from "#server/develop/features/contract.ts";
import { datasetHref } from "../addresses/dataset-href.ts";
import { versionHref } from "../addresses/version-href.ts";

/** Returns the address of something that uses features; undefined for a run, whose experiment is not recorded. */
export function userHref({ kind, name, digest }: Pick<ServiceUser, "kind" | "name" | "digest">): string | undefined {
  if (kind === "endpoint") return `/endpoints/${encodeURIComponent(name)}`;
  if (kind === "dataset-version") return datasetHref(name, digest ?? undefined);
  const [, model, version] = /^(.+) v(\d+)$/.exec(name) ?? [];
  return kind === "model-version" && model !== undefined ? versionHref(model, Number(version)) : undefined;
}
