import { DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { TrainingEngine } from "#server/improve/training/engines/contract.ts";
import type { EngineUse } from "#server/improve/training/overview/contract.ts";
import { engineHref } from "../addresses.ts";
import classes from "../forms.module.css";
import { capacityOf, describeUse } from "../jobs/capacity.ts";
import { engineKindLabels } from "../jobs/job-labels.ts";

/** Lists engines with what they have and can do. */
export function EnginesTable({
  engines,
  uses,
}: {
  engines: readonly TrainingEngine[];
  uses: ReadonlyMap<string, EngineUse>;
}) {
  return (
    <DataTable
      label="Training engines"
      rows={engines}
      rowKey={({ id }) => id}
      rowHref={({ name }) => engineHref(name)}
      columns={[
        { key: "name", head: "Engine", cell: ({ name }) => name },
        {
          key: "state",
          head: "State",
          cell: (engine) => {
            const { state, word } = capacityOf(engine, uses.get(engine.id));
            return <StatusBadge state={state}>{word}</StatusBadge>;
          },
        },
        {
          key: "kind",
          head: "Kind",
          cell: ({ kind, description }) =>
            [engineKindLabels[kind], description?.version].filter(Boolean).join(kind === "local" ? ", " : " "),
        },
        {
          key: "free",
          head: "Free",
          align: "right",
          cell: (engine) => {
            const { unit, total, free } = capacityOf(engine, uses.get(engine.id));
            return unit === null ? noValue : `${formatCount(free)} of ${formatCount(total)} ${unit}`;
          },
        },
        { key: "jobs", head: "Jobs", align: "right", cell: (engine) => describeUse(engine) },
        ...(engines.some(({ problem }) => problem !== null)
          ? [
              {
                key: "problem",
                head: "Problem",
                width: 260,
                cell: ({ problem, isEnabled }: TrainingEngine) =>
                  problem === null || !isEnabled ? noValue : <span className={classes.problem}>{problem}</span>,
              },
            ]
          : []),
        { key: "queues", head: "Queues", cell: ({ description }) => description?.queues.join(", ") || noValue },
        { key: "features", head: "Features", cell: ({ description }) => describeFeatures(description) },
        {
          key: "answered",
          head: "Last response",
          align: "right",
          cell: ({ answeredAt }) => (answeredAt ? <RelativeTime at={answeredAt} /> : noValue),
        },
      ]}
    />
  );
}

function describeFeatures(description: TrainingEngine["description"]): string {
  if (!description) return noValue;
  const { gracefulStop, requeues, gangs, arrays } = description.features;
  const words = [
    gracefulStop && "stops gracefully",
    requeues && "requeues",
    gangs && "gangs",
    arrays && "arrays",
  ].filter(Boolean);
  return words.length === 0 ? noValue : words.join(", ");
}
