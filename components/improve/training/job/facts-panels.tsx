import { datasetHref } from "#components/develop/addresses/dataset-href.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatBytes, formatCount, formatPercent, noValue, truncateMiddle } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { JobHistory } from "#server/improve/training/history/contract.ts";
import type { TrainingJobDetails } from "#server/improve/training/jobs/contract.ts";
import classes from "./job.module.css";

/** The page of its run lists all. */
const maxParameters = 12;

/** Shows what the newest attempt uses of its machine, by its last heartbeat. */
export function ResourcesPanel({ job, history }: { job: TrainingJobDetails; history: Pick<JobHistory, "attempts"> }) {
  const attempt = history.attempts.at(-1);
  const heartbeat = attempt?.heartbeat;
  const { resources } = job.spec;
  const gpus = heartbeat?.gpus ?? [];
  return (
    <Panel
      title="Resources"
      subtitle={attempt?.machine?.kind || gpus[0]?.name || job.attempts.at(-1)?.host || undefined}
    >
      <dl className="lw-facts">
        <dt>Requested</dt>
        <dd>{describeResources(resources)}</dd>
        <dt>Memory</dt>
        <dd>
          {formatBytes(heartbeat?.rssBytes ?? null)}
          {resources.memoryBytes > 0 && ` of ${formatBytes(resources.memoryBytes)}`}
        </dd>
        {gpus.map(({ name, usedBytes, totalBytes, utilisation }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a GPU is its place
          <div key={at} style={{ display: "contents" }}>
            <dt>{gpus.length === 1 ? "GPU" : `GPU ${at}`}</dt>
            <dd title={name}>
              {formatPercent(utilisation)}, {formatBytes(usedBytes)} of {formatBytes(totalBytes)}
            </dd>
          </div>
        ))}
        {job.endedAt === null && (heartbeat?.spoolBytes ?? 0) > 0 && (
          <>
            <dt>Not sent yet</dt>
            <dd>{formatBytes(heartbeat?.spoolBytes)}</dd>
          </>
        )}
      </dl>
    </Panel>
  );
}

export function describeResources({
  cores,
  gpus,
  gpuKind,
  memoryBytes,
  nodes,
  spot,
}: TrainingJobDetails["spec"]["resources"]): string {
  const parts = [
    `${formatCount(cores)} ${cores === 1 ? "core" : "cores"}`,
    gpus > 0 && `${formatCount(gpus)} ${gpuKind || (gpus === 1 ? "GPU" : "GPUs")}`,
    memoryBytes > 0 && formatBytes(memoryBytes),
    nodes > 1 && `on each of ${formatCount(nodes)} machines`,
    spot && "spot allowed",
  ];
  return parts.filter(Boolean).join(", ");
}

/** Shows what is needed to run a job again as it ran. What is unknown says so. */
export function ReproducibilityPanel({
  job,
  history,
}: {
  job: TrainingJobDetails;
  history: Pick<JobHistory, "record" | "datasets">;
}) {
  const { record } = history;
  const { spec } = job;
  const code = record?.code;
  return (
    <Panel title="Reproducibility" subtitle={record ? undefined : "recorded when its program starts"}>
      <dl className="lw-facts">
        <dt>Command</dt>
        <dd>
          <span className={classes.command}>
            <code>{spec.command.join(" ")}</code>
            <CopyButton value={spec.command.join(" ")} label="Copy the command" />
          </span>
        </dd>
        {spec.image !== null && (
          <>
            <dt>Image</dt>
            <dd>
              <code>{spec.image}</code>
            </dd>
          </>
        )}
        <dt>Code</dt>
        <dd>
          {code?.commit ? (
            <>
              <code>{code.commit.slice(0, 7)}</code>
              {code.branch && ` on ${code.branch}`}
              {code.diffBytes ? `, ${formatBytes(code.diffBytes)} of changes not committed` : ", clean"}
            </>
          ) : spec.packageKey ? (
            <>
              package <code>{truncateMiddle(spec.packageKey)}</code>
            </>
          ) : record ? (
            "unknown: not in a Git repository"
          ) : (
            noValue
          )}
        </dd>
        {Object.entries(spec.parameters).length > 0 && (
          <>
            <dt>Parameters</dt>
            <dd>
              {Object.entries(spec.parameters)
                .slice(0, maxParameters)
                .map(([name, value]) => (
                  <div key={name}>
                    <code>
                      {name} = {String(value)}
                    </code>
                  </div>
                ))}
              {Object.keys(spec.parameters).length > maxParameters && (
                <span className="lw-muted">
                  {formatCount(Object.keys(spec.parameters).length - maxParameters)} more on the page of its run
                </span>
              )}
            </dd>
          </>
        )}
        {history.datasets.map(({ name, version }) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>Data</dt>
            <dd>
              {name}:{" "}
              {version ? (
                <>
                  <Link href={datasetHref(version.dataset, version.digest)}>{version.dataset}</Link>{" "}
                  <code>{truncateMiddle(version.digest)}</code>
                </>
              ) : (
                "was deleted"
              )}
            </dd>
          </div>
        ))}
        <dt>Seed</dt>
        <dd>{record?.seed ?? spec.seed}</dd>
        <dt>Python</dt>
        <dd>
          {record?.environment.python ?? noValue}
          {record && `, ${formatCount(record.environment.packages.length)} packages`}
        </dd>
        <dt>Machine</dt>
        <dd>{describeHardware(record)}</dd>
      </dl>
    </Panel>
  );
}

function describeHardware(record: JobHistory["record"]): string {
  if (!record) return noValue;
  const { cpu, cores, memoryBytes, gpus } = record.hardware;
  const parts = [
    gpus.join(", "),
    cpu,
    cores !== null && `${formatCount(cores)} cores`,
    memoryBytes !== null && formatBytes(memoryBytes),
  ];
  return parts.filter(Boolean).join(", ") || noValue;
}
