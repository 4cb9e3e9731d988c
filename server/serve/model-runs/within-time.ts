import type { GateResult } from "../../develop/registry/gates/contract.ts";
import { pending } from "../../develop/registry/gates/pending.ts";

/** Milliseconds after the end of its time in which a gate tells what it found so far. */
const graceMs = 30_000;

/** What a gate tells, or that it did not end: a version that hangs while it loads must not keep the others from being judged. */
export async function withinTime(
  deadlineAt: number,
  evaluate: () => Promise<GateResult>,
  grace = graceMs,
): Promise<GateResult> {
  const late = Promise.withResolvers<GateResult>();
  const timer = setTimeout(
    () => late.resolve(pending("it did not finish in time: the version hangs or loads too slowly. Run it again")),
    Math.max(0, deadlineAt - performance.now()) + grace,
  );
  try {
    return await Promise.race([evaluate(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
