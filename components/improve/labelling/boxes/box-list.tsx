import { formatNumber } from "#components/ui/format.ts";
import type { BoxValue } from "#server/improve/labelling/contract.ts";
import classes from "./boxes.module.css";

interface BoxListProps {
  boxes: readonly BoxValue[];
  selected: number | null;
  titleOf: (label: string) => string;
  onSelect: (index: number) => void;
}

const percent = (value: number) => formatNumber(value, { decimals: 0 });

/** Lists boxes by class, place and size in percent, which is also what a screen reader reads. */
export function BoxList({ boxes, selected, titleOf, onSelect }: BoxListProps) {
  return (
    <ul className={classes.list} aria-label="Boxes">
      {boxes.map((box, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: boxes are known by their place in the list
        <li key={index}>
          <button
            className={classes.line}
            type="button"
            aria-pressed={index === selected}
            onClick={() => onSelect(index)}
          >
            <span className="lw-quiet lw-number">{index + 1}</span>
            <span className="lw-truncate">{titleOf(box.label)}</span>
            <span className="lw-number lw-muted">
              at {percent(box.x)}, {percent(box.y)}
            </span>
            <span className="lw-number">
              {percent(box.width)} × {percent(box.height)}%
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
