import type { GateResult } from "../../develop/registry/gates/contract.ts";
import { pending } from "../../develop/registry/gates/pending.ts";

/** Milliseconds after its deadline in which a gate may still return its findings so far. */
const graceMs = 30_000;

/** Returns a gate's result, or that it did not end: a version that hangs while it loads must not block the evaluation of the others. */
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
