import type { Replacement } from "./store.ts";

/** Makes stored bytes the file whatever was stored meanwhile. */
export const unconditionally: Replacement = (_, replace) => replace();

/** Runs work at the first call; later calls, as of a transaction that is run again, have its result. */
export function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
