import { createHash } from "node:crypto";
import { type WatchedNamespace, watchNamespace } from "./kubernetes-engine.ts";

interface Kept extends WatchedNamespace {
  /** Digest of what it was started with; another one starts it again. */
  of: string;
}

const kept = new WeakMap<object, Map<string, Kept>>();

/**
 * The watch of an engine, which goes on from one opening of the engine to the next. One that nobody asks ends by itself.
 * @param owner what keeps it: the process's place
 */
export function keptWatch(
  owner: object,
  id: string,
  {
    settings,
    secret,
    access,
  }: { secret: string | undefined } & {
    settings: Parameters<typeof watchNamespace>[0];
    access: Parameters<typeof watchNamespace>[1];
  },
): WatchedNamespace {
  const all = kept.get(owner) ?? new Map<string, Kept>();
  kept.set(owner, all);
  const of = createHash("sha256")
    .update(JSON.stringify([settings, secret]))
    .digest("hex");
  const known = all.get(id);
  if (known?.of === of) return known;
  known?.jobs.stop();
  known?.pods.stop();
  const started = { ...watchNamespace(settings, access), of };
  all.set(id, started);
  return started;
}
