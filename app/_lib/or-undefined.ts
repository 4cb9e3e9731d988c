import { unstable_rethrow } from "next/navigation";
import { log } from "#server/base/log.ts";

/** Loads an optional part of a page; returns undefined on failure, which the web process logs with its cause. */
export async function orUndefined<Result>(part: string, work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (cause) {
    unstable_rethrow(cause);
    log.error("page.part-failed", { part, cause });
    return undefined;
  }
}
