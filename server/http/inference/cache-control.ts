import type { IncomingHttpHeaders } from "node:http";
import type { CacheInput } from "#server/serve/cache/prediction-cache.ts";
import { sourceLabels } from "#server/serve/router/infer-bodies.ts";
import type { RunningRequest } from "#server/serve/router/running-request.ts";

/** Parses the Cache-Control header of a request (RFC 9111, section 5.2.1); other directives have no effect here. */
export function parseCacheControl(headers: IncomingHttpHeaders): CacheInput {
  const { "cache-control": sent } = headers;
  if (!sent) return "any";
  const directives = sent.toLowerCase().split(",");
  const has = (name: string) => directives.some((directive) => directive.trim() === name);
  return has("no-store") ? "no-store" : has("no-cache") || has("max-age=0") ? "no-cache" : "any";
}

/** Returns headers that say whether the model itself processed this request; empty if responses are neither cached nor coalesced. */
export function cacheHeaders({ mayShare, source: { source, ageSeconds } }: RunningRequest): Record<string, string> {
  if (!mayShare) return {};
  return { "leeway-cache": sourceLabels[source], ...(source === "cache" && { age: String(Math.floor(ageSeconds)) }) };
}
