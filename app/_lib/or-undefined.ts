import { unstable_rethrow } from "next/navigation";
import { log } from "#server/base/log.ts";

/** A part of a page without which the rest is good: undefined when it could not be read, which the log of the web process explains. */
export async function orUndefined<Result>(part: string, work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (cause) {
    unstable_rethrow(cause);
    log.error("page.part-failed", { part, cause });
    return undefined;
  }
}
