import { storeSpans } from "#server/develop/tracking/traces/store-spans.ts";
import { storeTrace } from "#server/develop/tracking/traces/store-trace.ts";
import type { SourceTrace } from "../source.ts";
import type { Intake } from "./intake.ts";
import { localIdOf } from "./items.ts";

const sourceRunKey = "mlflow.sourceRun";

/** Imports a trace with its spans and assessments under its id. Done again, it changes nothing. */
export async function takeOverTrace(intake: Intake, experimentId: number, source: SourceTrace): Promise<void> {
  intake.signal.throwIfAborted();
  const { spans, ...trace } = source;
  const { ctx } = intake;
  const run = trace.metadata[sourceRunKey];
  const localRun = run && (await localIdOf(intake, "run", run));
  const metadata = localRun ? { ...trace.metadata, [sourceRunKey]: localRun } : trace.metadata;
  if (spans.length > 0) {
    await storeSpans(
      ctx,
      experimentId,
      spans.map((span) => ({ ...span, traceId: trace.id })),
    );
  }
  await storeTrace(ctx, { ...trace, metadata, experimentId });
  intake.progressed();
}
