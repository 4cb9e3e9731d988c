import type { NewSpan } from "../../../../develop/tracking/traces/contract.ts";

/** A root span of a tenth of a second, as it arrives. */
export function sampleSpan(more: Partial<NewSpan> = {}): NewSpan {
  const span = {
    traceId: "tr-1",
    id: "000000000000000a",
    parentId: null,
    name: "answer",
    type: "LLM",
    status: "OK" as const,
    startedAtNanoseconds: 1_700_000_000_000_000_000n,
    endedAtNanoseconds: 1_700_000_000_100_000_000n,
    attributes: { "mlflow.spanInputs": '{"x":1}', "mlflow.spanOutputs": "2", model: "small" },
    ...more,
  };
  return { ...span, content: { name: span.name, span_id: span.id, ...more.content } };
}
