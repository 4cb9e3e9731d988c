import { SegmentedControl } from "@mantine/core";
import type { ReactNode } from "react";
import { storedTensors } from "#components/serve/predictions/shown-prediction.ts";
import { agreement, viewOutputs } from "#components/serve/tensors/outputs.ts";
import { plural } from "#components/ui/format.ts";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { RanSide } from "#server/serve/playground/contract.ts";
import { totalMs } from "../run.ts";
import classes from "./compare-bar.module.css";

interface CompareBarProps {
  ran: readonly RanSide[];
  /** Names of the sides: "v12", "v14 on WebGPU". */
  names: readonly string[];
  labels: string[] | undefined;
  row: number;
  rows: number;
  onRow: (row: number) => void;
  /** Whether the input has changed since these predictions. */
  isOld: boolean;
  /** Actions on the input, at the right. */
  children?: ReactNode;
}

/** Shows in a sentence whether two versions agree, and selects the visible row if several were sent. */
export function CompareBar({ ran, names, labels, row, rows, onRow, isOld, children }: CompareBarProps) {
  const [a, b] = ran.flatMap((each, side) =>
    "answer" in each
      ? [
          {
            version: names[side] ?? "",
            views: viewOutputs(storedTensors(each.answer.outputs), labels, row),
            totalMs: totalMs(each.answer.timings),
          },
        ]
      : [],
  );
  const words = a && b ? agreement(a, b) : undefined;
  if (!words && rows < 2 && !isOld && !children) return null;
  return (
    <div className={classes.root}>
      <div className={classes.said} role="status">
        {words && (
          <span>
            <strong>{words.conclusion}</strong> {words.detail}
          </span>
        )}
        {isOld && (
          <span className={classes.old}>
            <StatusShape state="watch" /> The input has changed. Run again.
          </span>
        )}
      </div>
      {rows > 1 && (
        <span className={classes.rows}>
          <span className="lw-muted">Row of {plural(rows, "row")}</span>
          <SegmentedControl
            size="xs"
            data={Array.from({ length: Math.min(rows, 10) }, (_, index) => String(index + 1))}
            value={String(row + 1)}
            onChange={(value) => onRow(Number(value) - 1)}
          />
        </span>
      )}
      {children}
    </div>
  );
}
