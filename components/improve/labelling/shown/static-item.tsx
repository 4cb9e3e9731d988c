"use client";

import { useMemo, useState } from "react";
import { taskFileAddress } from "#components/improve/labelling/addresses.ts";
import { StaticBoxes } from "#components/improve/labelling/boxes/static-boxes.tsx";
import { codePointLength } from "#components/improve/labelling/spans/code-points.ts";
import { splitRuns } from "#components/improve/labelling/spans/span-runs.ts";
import spanClasses from "#components/improve/labelling/spans/spans.module.css";
import { fieldOf } from "#server/base/text/field-of.ts";
import type { BoxValue, LabelValue, ShownObject } from "#server/improve/labelling/contract.ts";
import { Picture } from "./picture.tsx";
import { RowFields } from "./row-fields.tsx";
import classes from "./shown.module.css";
import { readFields } from "./shown-fields.ts";
import { readPicture } from "./shown-picture.ts";

interface StaticItemProps {
  task: { id: number; projectId: number; data: Record<string, unknown> };
  object: ShownObject;
  /** Boxes or spans that are drawn on it; null for none. */
  value: LabelValue | null;
  titleOf: (label: string) => string;
  colors: Readonly<Record<string, string>>;
}

/** Renders a thing of a task with an answer on it, which cannot be changed. */
export function StaticItem({ task, object, value, titleOf, colors }: StaticItemProps) {
  const data = fieldOf(task.data, object.field);
  if (object.kind === "image") {
    return (
      <StaticPicture task={task} object={object} boxes={value?.kind === "boxes" ? value.boxes : []} titleOf={titleOf} />
    );
  }
  if (object.kind === "row") {
    const row = data === undefined ? task.data : data;
    return <RowFields fields={readFields(row, object.field)} label="Fields of the row" />;
  }
  const text = typeof data === "string" ? data : data === undefined || data === null ? "" : JSON.stringify(data);
  const spans = value?.kind === "spans" ? value.spans : [];
  return (
    <p className={classes.text}>
      {splitRuns(text, codePointLength(text), spans, undefined).map((run) => {
        const over = spans[run.spans.at(-1) ?? -1];
        return (
          <span
            className={spanClasses.run}
            data-span={over !== undefined || undefined}
            style={over && ({ "--span-color": colors[over.label] } as React.CSSProperties)}
            key={run.start}
          >
            {run.text}
            {run.ending.map((index) => (
              <sup className={spanClasses.label} key={index}>
                {titleOf(spans[index]?.label ?? "")}
              </sup>
            ))}
          </span>
        );
      })}
    </p>
  );
}

interface StaticPictureProps extends Pick<StaticItemProps, "task" | "object" | "titleOf"> {
  boxes: readonly BoxValue[];
}

function StaticPicture({ task, object, boxes, titleOf }: StaticPictureProps) {
  const [isGone, setIsGone] = useState(false);
  const value = fieldOf(task.data, object.field);
  const address = taskFileAddress(task.projectId, task.id, object.field);
  const picture = useMemo(() => readPicture(value, address), [value, address]);
  if (picture?.kind === "elsewhere") {
    return (
      <a href={picture.href} target="_blank" rel="noopener noreferrer">
        Open the picture in a new tab
      </a>
    );
  }
  if (!picture || isGone) return <div className={classes.gone}>The picture is no longer available.</div>;
  return (
    <StaticBoxes boxes={boxes} titleOf={titleOf}>
      {(onAspect) => (
        <Picture
          picture={picture}
          alt={`${object.field} of the item`}
          onAspect={onAspect}
          onGone={() => setIsGone(true)}
        />
      )}
    </StaticBoxes>
  );
}
