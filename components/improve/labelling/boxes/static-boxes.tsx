"use client";

import { type ReactNode, useState } from "react";
import type { BoxValue } from "#server/improve/labelling/contract.ts";
import classes from "./boxes.module.css";

interface StaticBoxesProps {
  boxes: readonly BoxValue[];
  titleOf: (label: string) => string;
  /** Renders the picture; it reports width by height. */
  children: (onAspect: (aspect: number) => void) => ReactNode;
}

/** Renders a picture with boxes that cannot be changed. */
export function StaticBoxes({ boxes, titleOf, children }: StaticBoxesProps) {
  const [aspect, setAspect] = useState(1);
  return (
    <div className={classes.frame} style={{ aspectRatio: aspect, "--aspect": aspect } as React.CSSProperties}>
      <div className={classes.picture} style={{ inset: 0 }}>
        {children(setAspect)}
      </div>
      {boxes.map((box, index) => (
        <div
          className={classes.box}
          style={{
            left: `${box.x}%`,
            top: `${box.y}%`,
            width: `${box.width}%`,
            height: `${box.height}%`,
            cursor: "auto",
          }}
          // biome-ignore lint/suspicious/noArrayIndexKey: boxes are known by their place in the list
          key={index}
        >
          <span className={classes.tag} data-below={box.y < 6 || undefined}>
            {titleOf(box.label)}
          </span>
        </div>
      ))}
    </div>
  );
}
