import { formatBytes, formatCount, formatNumber, formatPercent, noValue, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { Heartbeat } from "#server/improve/training/contract.ts";
import type { JobSpeed, Spread } from "#server/improve/training/speed/contract.ts";

const megabyte = 1024 ** 2;
const seconds = (value: number) => formatDuration(value * 1000);

/** Shows how long steps take, and how much of it they wait for data. */
export function StepTimePanel({ speed: { steps, dataWait } }: { speed: Pick<JobSpeed, "steps" | "dataWait"> }) {
  return (
    <Panel title="Step time" subtitle={steps ? sourceOf(steps) : undefined}>
      {steps ? (
        <dl className="lw-facts">
          <dt>p50</dt>
          <dd>{seconds(steps.p50)}</dd>
          <dt>p95</dt>
          <dd>{seconds(steps.p95)}</dd>
          <dt>p99</dt>
          <dd>{seconds(steps.p99)}</dd>
          <dt>Steps per second</dt>
          <dd>{steps.mean > 0 ? formatNumber(1 / steps.mean) : noValue}</dd>
          <dt>Waits for data</dt>
          <dd>{dataWait ? describeWait(dataWait) : "not logged"}</dd>
        </dl>
      ) : (
        <p className="lw-muted">Fewer than two steps were logged, so the step time is unknown.</p>
      )}
      {steps && !dataWait && (
        <p className="lw-small lw-quiet">
          Log the seconds each step waits for data as <code>data_wait_seconds</code> to see whether data loading is the
          bottleneck.
        </p>
      )}
    </Panel>
  );
}

function sourceOf({ metric, isMeasured, count }: NonNullable<JobSpeed["steps"]>): string {
  return isMeasured
    ? `as the program logged it (${metric}), ${plural(count, "step")}`
    : `from the times at which ${metric} was logged, ${plural(count, "interval")}, without waits between attempts`;
}

function describeWait({ p50, share, metric }: NonNullable<JobSpeed["dataWait"]>): string {
  return `${seconds(p50)} (median of ${metric})${share === null ? "" : `, ${formatPercent(share)} of the time`}`;
}

/** Shows the use of GPUs, processors and memory, as MLflow's client logged it; what it did not is said by the last heartbeat, or in words. */
export function MachinePanel({
  speed: { gpus, cpuPercent, memoryMegabytes, memoryPercent },
  asked,
  heartbeat,
}: {
  speed: JobSpeed;
  /** GPUs that the job asked for. */
  asked: number;
  heartbeat: Heartbeat | null;
}) {
  const seen = heartbeat?.gpus ?? [];
  const hasNone = gpus.length === 0 && cpuPercent === null && memoryMegabytes === null;
  return (
    <Panel title="Machine" subtitle={hasNone ? "by the last heartbeat" : "mean, highest and last of what was logged"}>
      <dl className="lw-facts">
        {gpus.map(({ gpu, utilisation, memoryMegabytes, memoryPercent }) => (
          <div key={gpu} style={{ display: "contents" }}>
            <dt>GPU {gpu}</dt>
            <dd>{describePercent(utilisation)}</dd>
            <dt>GPU {gpu} memory</dt>
            <dd>{describeMemory(memoryMegabytes, memoryPercent)}</dd>
          </div>
        ))}
        {gpus.length === 0 &&
          seen.map(({ name, usedBytes, totalBytes, utilisation }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a GPU is its place
            <div key={at} style={{ display: "contents" }}>
              <dt title={name}>GPU {at}</dt>
              <dd>
                {formatPercent(utilisation)}, {formatBytes(usedBytes)} of {formatBytes(totalBytes)}
              </dd>
            </div>
          ))}
        {gpus.length === 0 && seen.length === 0 && (
          <>
            <dt>GPU</dt>
            <dd>{asked === 0 ? "none requested" : `not logged; ${formatCount(asked)} requested`}</dd>
          </>
        )}
        <dt>Processors</dt>
        <dd>{describePercent(cpuPercent)}</dd>
        <dt>Memory of the machine</dt>
        <dd>{describeMemory(memoryMegabytes, memoryPercent)}</dd>
        <dt>Memory of the program</dt>
        <dd>{heartbeat?.rssBytes == null ? "not reported" : `${formatBytes(heartbeat.rssBytes)} (last heartbeat)`}</dd>
      </dl>
    </Panel>
  );
}

function describePercent(spread: Spread | null): string {
  if (!spread) return "not logged";
  const percent = (value: number) => formatPercent(value / 100);
  return `${percent(spread.mean)}, at most ${percent(spread.max)}, last ${percent(spread.last)}`;
}

function describeMemory(megabytes: Spread | null, percent: Spread | null): string {
  if (!megabytes) return describePercent(percent);
  const bytes = (value: number) => formatBytes(value * megabyte);
  const share = percent ? ` (${formatPercent(percent.max / 100)})` : "";
  return `${bytes(megabytes.mean)}, at most ${bytes(megabytes.max)}${share}, last ${bytes(megabytes.last)}`;
}
