import { StartError } from "#db/start-error.ts";
import { trimEndOf } from "#server/base/text/trim-of.ts";
import type { TracingSettings } from "./tracing.ts";

export const samplers = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

interface TracingVariables {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined;
  OTEL_SERVICE_NAME: string;
  OTEL_TRACES_SAMPLER: (typeof samplers)[number];
  OTEL_TRACES_SAMPLER_ARG?: number | undefined;
}

/** Reads the collector's URL and the sampler; undefined without a collector. @throws StartError for a share that no sampler accepts */
export function readTracing(data: TracingVariables): TracingSettings | undefined {
  const { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: ratio } = data;
  if (ratio !== undefined && !sampler.endsWith("traceidratio")) {
    throw new StartError(
      `OTEL_TRACES_SAMPLER_ARG: a ratio requires OTEL_TRACES_SAMPLER=traceidratio; got "${sampler}"`,
    );
  }
  // As the specification has it: the address of traces alone is taken as it is, the common one gets their path.
  const common = trimEndOf(data.OTEL_EXPORTER_OTLP_ENDPOINT ?? "", "/");
  const url = data.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (common && `${common}/v1/traces`);
  return url ? { url, serviceName: data.OTEL_SERVICE_NAME, sampler, ratio: ratio ?? 1 } : undefined;
}
