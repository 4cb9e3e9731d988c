import type { IncomingHttpHeaders } from "node:http";
import type { CacheInput } from "#server/serve/cache/prediction-cache.ts";
import { sourceLabels } from "#server/serve/router/infer-bodies.ts";
import type { RunningRequest } from "#server/serve/router/running-request.ts";

/** What the header Cache-Control of a request asks for (RFC 9111, section 5.2.1); other directives ask for nothing here. */
export function parseCacheControl(headers: IncomingHttpHeaders): CacheInput {
  const { "cache-control": sent } = headers;
  if (!sent) return "any";
  const directives = sent.toLowerCase().split(",");
  const has = (name: string) => directives.some((directive) => directive.trim() === name);
  return has("no-store") ? "no-store" : has("no-cache") || has("max-age=0") ? "no-cache" : "any";
}

/** Says in headers whether the model answered this request itself; nothing where answers are not kept or shared. */
export function cacheHeaders({ mayShare, source: { source, ageSeconds } }: RunningRequest): Record<string, string> {
  if (!mayShare) return {};
  return { "leeway-cache": sourceLabels[source], ...(source === "cache" && { age: String(Math.floor(ageSeconds)) }) };
}
