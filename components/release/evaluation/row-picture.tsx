import type { EvaluatedRow } from "#server/release/evaluation/contract.ts";
import classes from "./evaluation.module.css";

interface RowPictureProps {
  row: number;
  /** Data URL. */
  source: string | undefined;
  boxes?: EvaluatedRow["boxes"];
}

/** Renders the picture of a row; boxes of the label are solid, predicted ones dashed. */
export function RowPicture({ row, source, boxes }: RowPictureProps) {
  if (source === undefined) return <span className="lw-small lw-quiet">not shown</span>;
  return (
    <span className={classes.picture}>
      {/* biome-ignore lint/performance/noImgElement: a row of a dataset, not an asset */}
      <img src={source} alt={`Row ${row}`} height={72} />
      {boxes?.actual.map((box, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: boxes have no other name
        <Box box={box} className={classes.actual} key={`actual ${at}`} />
      ))}
      {boxes?.predicted.map((box, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: boxes have no other name
        <Box box={box} className={classes.predicted} key={`predicted ${at}`} />
      ))}
    </span>
  );
}

type Drawn = NonNullable<EvaluatedRow["boxes"]>["actual"][number];

/** The cells of label and prediction say in words what is drawn. */
function Box({ box: { label, x, y, width, height }, className }: { box: Drawn; className: string | undefined }) {
  const place = { left: `${x}%`, top: `${y}%`, width: `${width}%`, height: `${height}%` };
  return <span className={className} style={place} title={label} aria-hidden="true" />;
}
