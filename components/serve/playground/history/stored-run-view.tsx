"use client";

import { useState } from "react";
import { rowsOf } from "#components/serve/tensors/outputs.ts";
import { formatBytes } from "#components/ui/format.ts";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel, PanelSection } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { PlaygroundRun } from "#server/serve/playground/contract.ts";
import { largestOf } from "../explain/why-scale.ts";
import { Why } from "../explain/why-section.tsx";
import { formatRequest } from "../request.ts";
import { CompareBar } from "../results/compare-bar.tsx";
import { DifferencePanel } from "../results/difference-panel.tsx";
import { seenPictures } from "../results/seen-pictures.ts";
import { StoredPicture } from "../results/stored-picture.tsx";
import classes from "../results/version-column.module.css";
import { VersionColumn } from "../results/version-column.tsx";
import { totalMs } from "../run.ts";
import { styleSides } from "../side-styles.ts";
import type { StoredResults } from "./stored-run.ts";

interface StoredRunProps {
  run: PlaygroundRun;
  names: string[];
  results: StoredResults | undefined;
}

/** Renders a run of the history with its original predictions. */
export function StoredRun({ run, names, results }: StoredRunProps) {
  const [row, setRow] = useState(0);
  const ran = results?.ran ?? [];
  const given = ran.flatMap((each) => ("answer" in each ? [each.answer] : []));
  const { labels } = given[0] ?? {};
  const rows = given[0] ? rowsOf(given[0].outputs) : 1;
  const maxMs = Math.max(0, ...given.map(({ timings }) => totalMs(timings)));
  const isTwo = run.sides.length > 1;
  const styles = styleSides(run.sides.map(({ version }) => version));
  const most = largestOf(run.explanations.map(({ explanation }) => explanation));
  const inputs = results?.inputs ?? undefined;
  return (
    <>
      <Columns columns={isTwo ? "352px minmax(0, 1fr) minmax(0, 1fr)" : "352px minmax(0, 1fr)"}>
        <Panel title="Input" flush>
          {inputs ? (
            <>
              {seenPictures(inputs, row).map((picture) => (
                <PanelSection key={picture.name}>
                  <StoredPicture picture={picture} />
                </PanelSection>
              ))}
              <PanelSection>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keys */}
                <pre className={classes.json} tabIndex={0}>
                  {formatRequest({ inputs: inputs.map(({ parameters: _, ...input }) => input) })}
                </pre>
              </PanelSection>
            </>
          ) : (
            <EmptyState title="Input not stored">
              It was {formatBytes(run.requestBytes)}. SHA-256: <code>{run.requestDigest}</code>.
            </EmptyState>
          )}
        </Panel>
        {run.sides.map((side, at) => {
          const explained = run.explanations.filter(({ sides: [of], explanation }) => explanation && isSide(of, side));
          return (
            <VersionColumn
              version={{ version: side.version, aliases: [], labels: labels ?? undefined }}
              style={styles[at]}
              ran={ran[at]}
              busy={false}
              row={row}
              maxMs={maxMs}
              why={explained.map(
                ({ id, explanation }) => explanation && <Why explanation={explanation} most={most} key={id} />,
              )}
              key={`${side.version} ${side.provider}`}
            />
          );
        })}
      </Columns>
      <CompareBar
        ran={ran}
        names={names}
        labels={labels ?? undefined}
        row={row}
        rows={rows}
        onRow={setRow}
        isOld={false}
      />
      {results && results.difference.length > 0 && (
        <DifferencePanel difference={results.difference} names={[names[0] ?? "", names[1] ?? ""]} />
      )}
    </>
  );
}

type Side = PlaygroundRun["sides"][number];

function isSide(one: Side | undefined, other: Side): boolean {
  return one?.versionId === other.versionId && one.provider === other.provider;
}
