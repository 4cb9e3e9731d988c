"use client";

import { Button } from "@mantine/core";
import { useState } from "react";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import { styleVersions } from "#components/charts/series-style.ts";
import { runHref } from "#components/develop/addresses/run-href.ts";
import { versionHref } from "#components/develop/addresses/version-href.ts";
import { progressOf } from "#components/develop/registry/gates/describe-gate.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { noValue, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { AliasTag } from "#components/ui/tag.tsx";
import type { StartChoice } from "#server/release/rollouts/start-choices/contract.ts";
import { isHeldBack, type Overruled } from "./review-rows.ts";
import classes from "./start.module.css";

interface VersionTableProps {
  endpoint: string;
  /** Newest first. */
  choices: readonly StartChoice[];
  chosen: StartChoice | undefined;
  anyway: Overruled | undefined;
  onChoose: (choice: StartChoice, anyway?: Overruled) => void;
  actorName: string;
  /** Reason why this user may choose none that something speaks against. */
  whyNotAnyway: string | undefined;
}

/** Number of versions that are shown first. */
const newest = 5;

/** Renders the versions to choose from. Those that something speaks against are chosen only with a reason. */
export function VersionTable(props: VersionTableProps) {
  const { choices, chosen, anyway, onChoose, endpoint } = props;
  const [showsAll, setShowsAll] = useState(false);
  const [asked, setAsked] = useState<StartChoice>();
  const shown = choices.filter((each, index) => showsAll || index < newest || each === chosen || isServing(each));
  const older = choices.length - shown.length;
  const measures = choices[0]?.measures ?? [];
  const styles = styleVersions(choices);
  return (
    <>
      <div className={classes.scroll}>
        <table className={classes.versions} aria-label="Versions">
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col" data-extra>
                Run
              </th>
              <th scope="col" data-extra>
                Registered
              </th>
              {measures.map(({ title }) => (
                <th scope="col" data-extra data-number key={title}>
                  {title}
                </th>
              ))}
              <th scope="col" data-extra>
                Gates
              </th>
              <th scope="col">Status</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((each) => {
              const style = styles[choices.indexOf(each)];
              const isHeld = isHeldBack(each, anyway);
              const cannot = isServing(each) || each.problem !== undefined || isHeld;
              return (
                <tr
                  data-chosen={each === chosen || undefined}
                  data-off={cannot || undefined}
                  onClick={cannot ? undefined : () => onChoose(each)}
                  key={each.versionId}
                >
                  <th scope="row">
                    <label className={classes.version}>
                      <input
                        type="radio"
                        name="version"
                        aria-label={`${each.model} v${each.version}`}
                        checked={each === chosen}
                        disabled={cannot && each !== chosen}
                        onChange={() => onChoose(each)}
                      />
                      {style && <SeriesSwatch style={style} />}
                      <Link href={versionHref(each.model, each.version)}>
                        {each.model === choices[0]?.model ? "" : `${each.model} `}v{each.version}
                      </Link>
                    </label>
                    {each.aliases.map((alias) => (
                      <AliasTag alias={alias} key={alias} />
                    ))}
                  </th>
                  <td data-extra>
                    {each.run ? (
                      <Link href={runHref(each.run.experimentId, each.run.id)}>{each.run.name}</Link>
                    ) : (
                      <span title="Uploaded, or its run was deleted">{noValue}</span>
                    )}
                  </td>
                  <td data-extra>
                    <RelativeTime at={each.registeredAt} />
                  </td>
                  {measures.map(({ title }) => (
                    <td data-extra data-number key={title}>
                      {each.measures.find((measure) => measure.title === title)?.value ?? noValue}
                    </td>
                  ))}
                  <td data-extra>
                    <Gates gates={each.gates} />
                  </td>
                  <td>
                    <Status choice={each} anyway={anyway} />
                    {isHeld && each.problem === undefined && !isServing(each) && (
                      <Button
                        className={classes.anyway}
                        variant="subtle"
                        size="compact-xs"
                        disabled={props.whyNotAnyway !== undefined}
                        title={props.whyNotAnyway}
                        onClick={() => setAsked(each)}
                      >
                        Choose anyway…
                      </Button>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {older > 0 && (
        <button className={classes.more} type="button" onClick={() => setShowsAll(true)}>
          {plural(older, "older version")}
        </button>
      )}
      <ConfirmWithReason
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={`Choose v${asked?.version} for ${endpoint} anyway?`}
        evidence={asked?.obstacles.map(({ title, detail }) => `${title}: ${detail}`).join(" ")}
        consequences={[
          { label: "Now", value: "selects the version in this form, and starts nothing" },
          {
            label: "At the start",
            value: asked?.obstacles.some(({ kind }) => kind === "blocked")
              ? "unblocks the version here; the reason is recorded"
              : "the reason is recorded with the rollout",
          },
          { label: "Undo", value: "choose another version before you start" },
        ]}
        reasons={["Fixed elsewhere", "Not the cause"]}
        confirmLabel="Choose anyway"
        cancelLabel="Cancel"
        actorName={props.actorName}
        onConfirm={async (reason) => {
          if (asked) onChoose(asked, { versionId: asked.versionId, reason });
          return undefined;
        }}
      />
    </>
  );
}

function isServing({ status }: StartChoice): boolean {
  return status === "serving";
}

function Gates({ gates }: Pick<StartChoice, "gates">) {
  if (gates.length === 0) return <span className="lw-quiet">none</span>;
  const { state, words } = progressOf(gates.map(({ status }) => ({ standing: status })));
  return <StatusBadge state={state}>{words}</StatusBadge>;
}

function Status({ choice, anyway }: { choice: StartChoice; anyway: Overruled | undefined }) {
  const { status, problem, obstacles, deployedAt, versionId } = choice;
  const [worst] = obstacles;
  if (status === "serving") return <StatusBadge state="on-target">Serving</StatusBadge>;
  if (problem !== undefined) {
    return (
      <span className={classes.status}>
        <StatusBadge state="no-data">Cannot be rolled out</StatusBadge>
        <span className="lw-small lw-quiet">{problem}</span>
      </span>
    );
  }
  if (worst) {
    const isChosen = anyway?.versionId === versionId;
    return (
      <span className={classes.status}>
        <StatusBadge state={worst.kind === "blocked" ? "rolled-back" : "missed"}>
          <span className={classes.bad}>{worst.title}</span>
        </StatusBadge>
        <span className="lw-small lw-quiet">{isChosen ? "chosen anyway" : worst.detail}</span>
      </span>
    );
  }
  if (deployedAt === null) return <StatusBadge state="not-started">Not deployed yet</StatusBadge>;
  return (
    <StatusBadge state="finished">
      Deployed <RelativeTime at={deployedAt} />
    </StatusBadge>
  );
}
