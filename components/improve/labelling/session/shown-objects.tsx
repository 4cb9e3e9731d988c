"use client";

import { IconContrast, IconEyeOff, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { useCallback, useMemo, useState } from "react";
import { taskFileAddress } from "#components/improve/labelling/addresses.ts";
import { BoxPicture } from "#components/improve/labelling/boxes/box-picture.tsx";
import { middleOf, zoomAt } from "#components/improve/labelling/boxes/picture-view.ts";
import { Picture } from "#components/improve/labelling/shown/picture.tsx";
import { RowFields } from "#components/improve/labelling/shown/row-fields.tsx";
import shownClasses from "#components/improve/labelling/shown/shown.module.css";
import { readFields } from "#components/improve/labelling/shown/shown-fields.ts";
import { readPicture } from "#components/improve/labelling/shown/shown-picture.ts";
import { codePointLength } from "#components/improve/labelling/spans/code-points.ts";
import { SpanText } from "#components/improve/labelling/spans/span-text.tsx";
import { plural } from "#components/ui/format.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { fieldOf } from "#server/base/text/field-of.ts";
import type { AnswerControl, ShownObject } from "#server/improve/labelling/contract.ts";
import { HiddenThing } from "./hidden-fields.tsx";
import classes from "./labeller.module.css";
import type { HeldTask } from "./session.ts";
import type { TaskDraft } from "./use-task-draft.ts";

interface ShownObjectProps {
  object: ShownObject;
  task: HeldTask["task"];
  control: AnswerControl;
  state: TaskDraft;
  titleOf: (label: string) => string;
  colors: Readonly<Record<string, string>>;
  /** Columns of the row that the project hides. */
  hidden: readonly string[];
  /** Asks for a field that the project hides. */
  onShow: (field: string) => void;
}

/** Renders one thing of a task: a picture, a text or a row. What the answer is about can be drawn on or marked. */
export function ShownThing(props: ShownObjectProps) {
  const { object, task, control, state } = props;
  const value = fieldOf(task.data, object.field);
  const isTarget = control.toName === object.name;
  if (value === undefined && task.hiddenFields.includes(object.field)) {
    return <HiddenThing field={object.field} onShow={props.onShow} />;
  }
  if (object.kind === "image") return <ShownImage {...props} />;
  if (object.kind === "row") {
    const row = value === undefined ? task.data : value;
    return (
      <RowFields
        fields={readFields(row, object.field)}
        label="Fields of the row"
        current={state.rowField}
        hidden={props.hidden}
        drifted={task.priority?.drifted}
        onShow={props.onShow}
      />
    );
  }
  const text = typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
  if (!isTarget || control.kind !== "spans") return <p className={shownClasses.text}>{text}</p>;
  return (
    <div className={classes.under}>
      <SpanText
        source={state.source}
        draft={state.draft.spans}
        step={state.stepSpans}
        titleOf={props.titleOf}
        colorOf={(label) => props.colors[label] ?? "var(--lw-series-6)"}
      />
      <p className="lw-small lw-quiet">{plural(codePointLength(text), "character")}</p>
      {state.suggestions?.kind === "spans" && (
        <p className="lw-small">
          Predicted:{" "}
          {state.suggestions.spans
            .map(({ label, start, end }) => `${props.titleOf(label)} “${[...text].slice(start, end).join("")}”`)
            .join(", ") || "no spans"}
        </p>
      )}
    </div>
  );
}

function ShownImage({ object, task, control, state, titleOf }: ShownObjectProps) {
  const [aspect, setAspect] = useState(1);
  const [isGone, setIsGone] = useState(false);
  const address = taskFileAddress(task.projectId, task.id, object.field);
  const value = fieldOf(task.data, object.field);
  const picture = useMemo(() => readPicture(value, address), [value, address]);
  const onAspect = useCallback((next: number) => setAspect(next), []);
  if (!picture || isGone) {
    return (
      <div className={shownClasses.gone} role="alert">
        <div>
          <strong>The picture is no longer available.</strong>
          <div>
            Skip this item <Keys keys={["S"]} />.
          </div>
        </div>
      </div>
    );
  }
  if (picture.kind === "elsewhere") {
    return (
      <div className={shownClasses.gone}>
        <span>
          This picture is on another host, which Leeway does not load from.{" "}
          <a href={picture.href} target="_blank" rel="noopener noreferrer">
            Open it in a new tab
          </a>
        </span>
      </div>
    );
  }
  const isDrawn = control.kind === "boxes" && control.toName === object.name;
  const zoom = (factor: number) => state.setView((before) => zoomAt(before, middleOf(before), factor));
  return (
    <div className={classes.pictureArea} style={{ "--aspect": aspect } as React.CSSProperties}>
      <BoxPicture
        view={state.view}
        onView={state.setView}
        aspect={aspect}
        {...(isDrawn && {
          drawing: {
            draft: state.draft.boxes,
            step: state.stepBoxes,
            titleOf,
            suggestions: state.suggestions?.kind === "boxes" ? state.suggestions.boxes : [],
          },
        })}
      >
        <Picture
          picture={picture}
          alt={`${object.field} of the item`}
          hasContrast={state.hasContrast}
          onAspect={onAspect}
          onGone={() => setIsGone(true)}
        />
      </BoxPicture>
      <div className={classes.pictureTools}>
        <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoom(1.5)}>
          <IconZoomIn size={16} stroke={1.7} />
        </button>
        <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => zoom(1 / 1.5)}>
          <IconZoomOut size={16} stroke={1.7} />
        </button>
        <button
          type="button"
          aria-label="More contrast"
          title="More contrast (H)"
          aria-pressed={state.hasContrast}
          onClick={state.toggleContrast}
        >
          <IconContrast size={16} stroke={1.7} />
        </button>
      </div>
      {state.canPredict && (
        <div className={classes.hiddenNote}>
          <IconEyeOff size={14} stroke={1.7} aria-hidden="true" />
          <span>
            Predictions hidden; hold <Keys keys={["P"]} /> to show
          </span>
        </div>
      )}
    </div>
  );
}
