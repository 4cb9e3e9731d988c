"use client";

import { useMemo } from "react";
import { taskFileAddress } from "#components/improve/labelling/addresses.ts";
import { fieldOf } from "#server/base/text/field-of.ts";
import type { ShownObject } from "#server/improve/labelling/contract.ts";
import { Picture } from "./picture.tsx";
import classes from "./shown.module.css";
import { readPicture } from "./shown-picture.ts";

interface ThumbProps {
  task: { id: number; projectId: number; data: Record<string, unknown> };
  objects: readonly ShownObject[];
}

/** Renders the picture of a task in small; nothing for tasks without one. */
export function Thumb({ task, objects }: ThumbProps) {
  const field = objects.find(({ kind }) => kind === "image")?.field;
  const value = field === undefined ? undefined : fieldOf(task.data, field);
  const picture = useMemo(
    () => (field === undefined ? undefined : readPicture(value, taskFileAddress(task.projectId, task.id, field))),
    [value, field, task.projectId, task.id],
  );
  if (!picture || picture.kind === "elsewhere") return null;
  return (
    <span className={classes.thumb}>
      <Picture picture={picture} alt="" />
    </span>
  );
}
