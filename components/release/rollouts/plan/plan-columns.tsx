"use client";

import type { ReactNode } from "react";
import { Definition } from "#components/ui/definition.tsx";
import { formatCount } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { Detection, RolloutEstimate } from "#server/release/rollouts/estimate/contract.ts";
import { formatWeight } from "../rollout-text.ts";
import type { PlanDraft, PresetKey } from "./plan-draft.ts";
import { describeFalseRollbacks } from "./review-rows.ts";
import classes from "./start.module.css";

export type PlanKey = PresetKey | "custom";

export interface PlanColumn {
  key: PlanKey;
  name: string;
  /** Whose default it is; undefined for the others. */
  note: string | undefined;
  draft: PlanDraft;
  /** Undefined while it is computed. */
  estimate: RolloutEstimate | undefined;
}

interface PlanColumnsProps {
  columns: readonly PlanColumn[];
  chosen: PlanKey;
  onChoose: (key: PlanKey) => void;
  /** Whether the estimates could not be computed. */
  failed: boolean;
  /** Milliseconds since 1970. */
  now: number;
}

interface Line {
  name: string;
  under: string;
  sentence: string;
  cell: (column: PlanColumn) => ReactNode;
}

/** Compares the plans as columns: steps, duration, requests exposed to a bad version and false rollback rate. */
export function PlanColumns({ columns, chosen, onChoose, failed, now }: PlanColumnsProps) {
  const estimated = (cell: (estimate: RolloutEstimate) => ReactNode) => (column: PlanColumn) =>
    column.estimate ? cell(column.estimate) : failed ? "–" : <Skeleton width={90} height={16} />;
  const lines: Line[] = [
    {
      name: "Steps",
      under: "",
      sentence: "Share of the traffic that the new version gets in each step, before 100%.",
      cell: ({ draft }) => (
        <span className={classes.steps}>
          {draft.steps.map(({ key, weightPercent }) => (
            <span className={classes.step} key={key}>
              {formatWeight(Number(weightPercent) / 100)}
            </span>
          ))}
        </span>
      ),
    },
    {
      name: "Estimated duration",
      under: "without a regression",
      sentence:
        "Time until the required verdicts of every step are reached, if the new version is as good as the old one.",
      cell: estimated(({ seconds }) =>
        seconds === null ? (
          <Both main="insufficient data" under="too little traffic, or no rate" />
        ) : (
          <Both
            main={formatDuration(seconds * 1000)}
            under={
              <>
                at <ClockTime at={now + seconds * 1000} />
              </>
            }
          />
        ),
      ),
    },
    {
      name: "Exposed if all requests fail",
      under: "until rollback",
      sentence: "Requests that the new version serves before the rollback, if each of them fails.",
      cell: estimated(({ exposure }) => <Exposed found={exposure.outright} hasFailures={false} />),
    },
    {
      name: "Exposed if errors are 4×",
      under: "until rollback",
      sentence:
        "Requests that the new version serves before the rollback, if its error rate is four times that of the old one.",
      cell: estimated(({ exposure }) => <Exposed found={exposure.fourfold} hasFailures />),
    },
    {
      name: "False rollback rate",
      under: "without a regression",
      sentence: "Maximum probability that a good version is rolled back, over all guardrails and the complete rollout.",
      cell: ({ draft }) => describeFalseRollbacks(draft),
    },
  ];
  return (
    <div className={classes.scroll}>
      <table className={classes.plans} aria-label="Plans">
        <thead>
          <tr>
            <td />
            {columns.map(({ key, name, note }) => (
              <th scope="col" data-chosen={key === chosen || undefined} key={key}>
                <label className={classes.plan}>
                  <input type="radio" name="plan" checked={key === chosen} onChange={() => onChoose(key)} />
                  <strong>{name}</strong>
                  {note && <span className="lw-small lw-quiet">{note}</span>}
                </label>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ name, under, sentence, cell }) => (
            <tr key={name}>
              <th scope="row">
                <Definition name={name} sentence={sentence}>
                  {name}
                </Definition>
                {under && <span className={classes.under}>{under}</span>}
              </th>
              {columns.map((column) => (
                <td data-chosen={column.key === chosen || undefined} key={column.key}>
                  {cell(column)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Both({ main, under }: { main: ReactNode; under: ReactNode }) {
  return (
    <>
      {main}
      <span className={classes.under}>{under}</span>
    </>
  );
}

/** Rounds a forecast: more than two digits would be false precision. */
function about(count: number): string {
  return formatCount(Math.max(1, Number(count.toPrecision(2))));
}

function Exposed({ found, hasFailures }: { found: Detection | null; hasFailures: boolean }) {
  if (!found || found.exposed === null || found.seconds === null)
    return <Both main="insufficient data" under="not detected before promotion" />;
  const after = `detected in ${formatDuration(Math.max(1, found.seconds) * 1000)}`;
  return (
    <Both
      main={`${about(found.exposed)} requests`}
      under={hasFailures ? `${about(found.bad ?? 0)} fail, ${after}` : after}
    />
  );
}
