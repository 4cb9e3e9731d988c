import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { columnDecimals, formatNumber, formatPercent, formatUnit } from "#components/ui/format.ts";
import { Tag } from "#components/ui/tag.tsx";
import { errorShareOf, type LoadTest, queueShareOf, type StepMeasurement } from "#server/serve/load-test/contract.ts";
import { describeFailure, describeQuantile, formatErrorShare, isSenderLate } from "./load-test-text.ts";

const quantiles = ["p50", "p95", "p99"] as const;

/** Lists the measurements at each rate. */
export function StepsTable({ test: { steps, findings } }: { test: Pick<LoadTest, "steps" | "findings"> }) {
  const { knee, saturation } = findings;
  const decimals = columnDecimals(
    steps.map(({ latencyMs }) => latencyMs?.p95.value),
    1,
  );
  const lag = { decimals: columnDecimals(steps.map(({ lagMsP99 }) => lagMsP99)) };
  const columns: Column<StepMeasurement>[] = [
    {
      key: "rate",
      head: "Requests/s",
      cell: (step) => (
        <>
          {formatNumber(step.requestsPerSecond)}{" "}
          {knee?.requestsPerSecond === step.requestsPerSecond && <Tag tone="watch">knee</Tag>}{" "}
          {saturation?.requestsPerSecond === step.requestsPerSecond && <Tag tone="strong">saturated</Tag>}
        </>
      ),
    },
    { key: "achieved", head: "Answered/s", align: "right", cell: (step) => formatNumber(step.achievedPerSecond) },
    ...quantiles.map(
      (quantile): Column<StepMeasurement> => ({
        key: quantile,
        head: quantile,
        align: "right",
        cell: (step) => describeQuantile(step.latencyMs?.[quantile], decimals),
      }),
    ),
    {
      key: "errors",
      head: "Failed",
      align: "right",
      cell: (step) => <span title={describeFailure(step)}>{formatErrorShare(errorShareOf(step))}</span>,
    },
    {
      key: "queue",
      head: "Queue time",
      align: "right",
      cell: (step) => formatPercent(queueShareOf(step), { decimals: 1 }),
    },
    { key: "compute", head: "Model", align: "right", cell: (step) => formatUnit(step.computeMsMean, "ms") },
    {
      key: "lag",
      head: "Sent late",
      align: "right",
      cell: (step) => (
        <>
          {isSenderLate(step) && <Tag tone="watch">load generator too slow</Tag>} {formatUnit(step.lagMsP99, "ms", lag)}
        </>
      ),
    },
  ];
  return (
    <DataTable
      label="Results by request rate"
      density="dense"
      rows={steps}
      columns={columns}
      rowKey={({ requestsPerSecond }) => String(requestsPerSecond)}
    />
  );
}
