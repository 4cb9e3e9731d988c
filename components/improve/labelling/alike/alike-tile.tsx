"use client";

import { useMemo, useState } from "react";
import { taskFileAddress } from "#components/improve/labelling/addresses.ts";
import { Picture } from "#components/improve/labelling/shown/picture.tsx";
import { readFields } from "#components/improve/labelling/shown/shown-fields.ts";
import { readPicture } from "#components/improve/labelling/shown/shown-picture.ts";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { ShownObject } from "#server/improve/labelling/contract.ts";
import classes from "./alike.module.css";

interface AlikeTileProps {
  task: { id: number; projectId: number; item: string; data: Record<string, unknown> };
  objects: readonly ShownObject[];
  isException: boolean;
  /** Whether the arrows have reached it: Tab leads to this one only. */
  isCurrent: boolean;
  onToggle: () => void;
  onFocus: () => void;
}

/** Fields of a row that a tile has place for. */
const maxFields = 6;

/** Renders one of many alike items; pressed, it is an exception. */
export function AlikeTile({ task, objects, isException, isCurrent, onToggle, onFocus }: AlikeTileProps) {
  return (
    <button
      className={classes.tile}
      type="button"
      aria-pressed={isException}
      tabIndex={isCurrent ? 0 : -1}
      onClick={onToggle}
      onFocus={onFocus}
    >
      {objects.map((object) => (
        <TileContent task={task} object={object} key={object.name} />
      ))}
      <span className={classes.foot}>
        <span className={classes.item}>{task.item}</span>
        {isException && (
          <span className={classes.exception}>
            <StatusShape state="watch" /> exception
          </span>
        )}
      </span>
    </button>
  );
}

function TileContent({ task, object }: { task: AlikeTileProps["task"]; object: ShownObject }) {
  const value = task.data[object.field];
  if (object.kind === "image") return <TilePicture task={task} field={object.field} />;
  if (object.kind === "row") {
    return readFields(value === undefined ? task.data : value, object.field)
      .slice(0, maxFields)
      .map(({ name, text }) => (
        <span className={classes.field} key={name}>
          <code>{name}</code> <strong>{text}</strong>
        </span>
      ));
  }
  return <span className={classes.text}>{typeof value === "string" ? value : JSON.stringify(value ?? "")}</span>;
}

function TilePicture({ task, field }: { task: AlikeTileProps["task"]; field: string }) {
  const [isGone, setIsGone] = useState(false);
  const [aspect, setAspect] = useState(1);
  const value = task.data[field];
  const address = taskFileAddress(task.projectId, task.id, field);
  const picture = useMemo(() => readPicture(value, address), [value, address]);
  if (!picture || isGone || picture.kind === "elsewhere") {
    return <span className={classes.gone}>{isGone || !picture ? "No picture" : "The picture is on another host"}</span>;
  }
  return (
    <span className={classes.picture}>
      <span style={{ aspectRatio: aspect, [aspect > 1 ? "width" : "height"]: "100%" }}>
        <Picture picture={picture} alt="" onAspect={setAspect} onGone={() => setIsGone(true)} />
      </span>
    </span>
  );
}
