import { z } from "zod";
import type { PlaygroundRun, StoredRunResult } from "#server/serve/playground/contract.ts";
import { GivenInput } from "#server/serve/protocol/contract.ts";

/** Results of a run, with its inputs if they were stored. */
export interface StoredResults extends StoredRunResult {
  /** Null when they were too large to keep. */
  inputs: GivenInput[] | null;
}

/** Returns the predictions of a run in the history; undefined without any. */
export function storedResults({ kind, result, request }: PlaygroundRun): StoredResults | undefined {
  if (kind !== "run" || !result) return undefined;
  const { data } = z.object({ inputs: z.array(GivenInput) }).safeParse(request);
  return { ...(result as StoredRunResult), inputs: data?.inputs ?? null };
}

/** Returns the playground address that runs the same versions and input again; undefined if the input was not stored. */
export function runHref({ id, kind, modelName, sides, request }: PlaygroundRun): string | undefined {
  if (kind !== "run" || request === null) return undefined;
  const query = new URLSearchParams({ run: id });
  const [a, b] = sides;
  if (a) query.set("a", `v${a.version}`);
  if (b) query.set("b", `v${b.version}`);
  if (a?.provider) query.set("on", a.provider);
  if (b?.provider && b.provider !== a?.provider) query.set("onb", b.provider);
  return `/playground/${encodeURIComponent(modelName)}?${query}`;
}
