"use client";

import { Fragment, useState } from "react";
import classes from "./parallel.module.css";
import type { ParallelPicture } from "./parallel.ts";
import { axisX, headWidth, type ParallelBox } from "./parallel-geometry.ts";

interface HeadsProps {
  axes: ParallelPicture["axes"];
  box: ParallelBox;
  height: number;
  onMove: (key: string, by: -1 | 1) => void;
}

/** Renders the names above the axes. Alt with arrow keys moves an axis, as does dragging its name. */
export function ParallelHeads({ axes, box, height, onMove }: HeadsProps) {
  const [dragged, setDragged] = useState<string>();
  return (
    <div className={classes.heads} style={{ height }}>
      {axes.map(({ key, label }, index) => (
        <button
          className={classes.headOf}
          type="button"
          key={key}
          style={{ left: axisX(box, index), maxWidth: headWidth(box, index) }}
          title={`${label}. Drag to move the axis, or press Alt+← or Alt+→.`}
          aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight"
          draggable
          onDragStart={() => setDragged(key)}
          onDragOver={(event) => event.preventDefault()}
          onDrop={() => {
            const from = axes.findIndex((axis) => axis.key === dragged);
            for (let at = from; at !== index && from >= 0; at += Math.sign(index - from))
              onMove(dragged ?? key, index > from ? 1 : -1);
            setDragged(undefined);
          }}
          onKeyDown={(event) => {
            if (!event.altKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
            event.preventDefault();
            onMove(key, event.key === "ArrowLeft" ? -1 : 1);
          }}
        >
          <span className={classes.headName}>{breakable(label)}</span>
        </button>
      ))}
    </div>
  );
}

/** Renders a name with line breaks allowed where its words end: "test_" and "accuracy". */
function breakable(label: string) {
  return label.split(/(?<=[_/.-])/).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one name are their places
    <Fragment key={index}>
      <wbr />
      {part}
    </Fragment>
  ));
}
