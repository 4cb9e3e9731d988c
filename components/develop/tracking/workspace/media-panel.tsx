"use client";

import { Slider } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { artifactAddress } from "../artifacts/artifact-preview.ts";
import { mediaAt, mediaOf } from "./media-files.ts";
import classes from "./media-panel.module.css";
import frame from "./own-panel.module.css";
import type { OwnPanelProps } from "./own-panel.tsx";
import { titleOfPanel } from "./own-panels.ts";
import { useRunMedia } from "./use-run-media.ts";

type MediaPanelProps = Pick<OwnPanelProps, "panel" | "experimentId" | "shownRuns"> & { right?: ReactNode };

/** Images of one run and step; more are on the page of the run. */
const maxImages = 8;

/** Renders the images of some runs at a step that a slider selects: for each run those of its last step until then. */
export function MediaPanel({ panel, experimentId, shownRuns, right }: MediaPanelProps) {
  const name = panel.columns[0] ?? "";
  const { paths, isPending, error } = useRunMedia(
    experimentId,
    shownRuns.map(({ id }) => id),
  );
  const rows = shownRuns.flatMap((run) => {
    const files = mediaOf(paths.get(run.id) ?? [], name);
    return files.length > 0 ? [{ ...run, files }] : [];
  });
  const steps = [...new Set(rows.flatMap(({ files }) => files.map(({ step }) => step)))].sort((a, b) => a - b);
  const last = steps.length - 1;
  const [chosen, setChosen] = useState<number>();
  // Without a choice the slider follows the newest step.
  const at = chosen === undefined ? last : Math.min(chosen, last);
  const step = steps[at];
  const title = titleOfPanel(panel);
  return (
    <figure className={frame.panel} aria-label={title}>
      <figcaption className={frame.head}>
        <strong>{title}</strong>
        <span className="lw-small lw-quiet">latest images of each run up to the selected step</span>
        <span className={frame.right}>{right}</span>
      </figcaption>
      {step === undefined ? (
        isPending ? (
          <Skeleton height={120} />
        ) : (
          <p className="lw-small lw-quiet">
            {error
              ? `Could not load the files: ${error.message}`
              : `The first runs shown have no images named ${name}.`}
          </p>
        )
      ) : (
        <>
          <div className={classes.steps}>
            <span className="lw-small lw-quiet" aria-hidden="true">
              step
            </span>
            <Slider
              className={classes.slider}
              size={4}
              thumbSize={16}
              thumbLabel={`Step of ${title}`}
              label={null}
              min={0}
              max={Math.max(1, last)}
              disabled={last === 0}
              value={at}
              onChange={setChosen}
            />
            <span className="lw-number">
              <strong>{formatCount(step)}</strong>{" "}
              <span className="lw-quiet">of {formatCount(steps[last] ?? step)}</span>
            </span>
          </div>
          <ul className={classes.rows}>
            {rows.map(({ id, name: run, style, files }) => {
              const images = mediaAt(files, step);
              return (
                <li className={classes.row} key={id}>
                  <span className={classes.run}>
                    <SeriesSwatch style={style} />
                    <Link className="lw-truncate" href={`/experiments/${experimentId}/runs/${id}`} title={run}>
                      {run}
                    </Link>
                  </span>
                  {images.slice(0, maxImages).map(({ path }, index) => (
                    // biome-ignore lint/performance/noImgElement: a file of a run, behind sign-in, of any size
                    <img
                      src={artifactAddress(id, path)}
                      alt={`${run}, ${name}, step ${images[index]?.step ?? step}, no. ${index + 1}`}
                      loading="lazy"
                      key={path}
                    />
                  ))}
                  {images.length === 0 && <span className="lw-small lw-quiet">None up to this step</span>}
                  {images.length > maxImages && (
                    <span className="lw-small lw-quiet">{formatCount(images.length - maxImages)} more</span>
                  )}
                </li>
              );
            })}
          </ul>
        </>
      )}
    </figure>
  );
}
