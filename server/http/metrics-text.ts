import type { MetricObjectWithValues, MetricValue } from "prom-client";
import type { Exemplar } from "#server/base/metrics/tally-histogram.ts";

/** Metrics of a process, as prom-client returns them. */
export type Metrics = MetricObjectWithValues<MetricLine>[];
type Metric = Metrics[number];

interface MetricLine extends MetricValue<string> {
  /** Name of the line if it differs from that of its metric: "…_bucket". */
  metricName?: string;
  exemplar?: Exemplar;
}

/** Prometheus' text format, which every reader knows, and OpenMetrics, which has exemplars. */
export type MetricsFormat = "prometheus" | "openmetrics";

export const contentTypeOf: Record<MetricsFormat, string> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** Returns the format that a reader requests. @param accept header of its request */
export function formatFor(accept: string | undefined): MetricsFormat {
  const wanted = (accept ?? "").split(",").some((range) => {
    const [type, ...parameters] = range.split(";").map((part) => part.trim());
    const version = parameters.find((parameter) => parameter.startsWith("version="));
    const isRefused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return type === "application/openmetrics-text" && !isRefused && (!version || version === "version=1.0.0");
  });
  return wanted ? "openmetrics" : "prometheus";
}

/** Formats metrics as text: https://prometheus.io/docs/instrumenting/exposition_formats and the OpenMetrics specification 1.0. */
export function metricsText(metrics: Metrics, format: MetricsFormat): string {
  const text = metrics.flatMap((metric) => linesOf(metric, format)).join("\n");
  return format === "openmetrics" ? `${text}\n# EOF\n` : `${text}\n`;
}

function linesOf(metric: Metric, format: MetricsFormat): string[] {
  const { name, help, values } = metric;
  const { family, type } = format === "openmetrics" ? openFamily(metric) : { family: name, type: String(metric.type) };
  return [
    `# HELP ${family} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
    `# TYPE ${family} ${type}`,
    ...values.map(({ metricName = name, labels, value, exemplar }) => {
      const line = `${metricName}${labelsOf(labels, format)} ${numberOf(value)}`;
      if (!exemplar || format === "prometheus") return line;
      const { labelSet, value: seen, timestamp } = exemplar;
      return `${line} # ${labelsOf(labelSet, format)} ${numberOf(seen)} ${timestamp}`;
    }),
  ];
}

/** Returns the OpenMetrics family of a metric. A counter whose name lacks "_total", as Triton's, would be renamed, so it is "unknown". */
function openFamily({ name, type }: Metric): { family: string; type: string } {
  if (String(type) !== "counter") return { family: name, type: String(type) };
  const isTotal = name.endsWith("_total");
  return isTotal ? { family: name.slice(0, -"_total".length), type: "counter" } : { family: name, type: "unknown" };
}

function labelsOf(labels: object, format: MetricsFormat): string {
  const parts = Object.entries(labels).map(([name, value]) => {
    const text = String(value).replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
    // OpenMetrics writes bounds as floats: "1.0".
    const isIntegerBound = name === "le" && format === "openmetrics" && Number.isInteger(Number(value));
    return `${name}="${text}${isIntegerBound ? ".0" : ""}"`;
  });
  return parts.length > 0 ? `{${parts.join(",")}}` : "";
}

function numberOf(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}
