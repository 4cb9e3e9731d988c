import classes from "./leeway-figure.module.css";

const pivot = { x: 141, y: 338 };
const arcRadius = 232;

function at(degrees: number, radius: number): string {
  const angle = (degrees * Math.PI) / 180;
  const x = pivot.x + radius * Math.sin(angle);
  const y = pivot.y - radius * Math.cos(angle);
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

function arc(from: number, to: number): string {
  return `M${at(from, arcRadius)}A${arcRadius} ${arcRadius} 0 0 1 ${at(to, arcRadius)}`;
}

/** Illustrates the meaning of the product name: the objective, the actual value, and the point at which someone must act. */
export function LeewayFigure() {
  return (
    <figure className={classes.figure}>
      <svg className={classes.drawing} viewBox="0 0 490 352" role="img" aria-labelledby="leeway-figure">
        <title id="leeway-figure">
          The upright line is your objective. The line leaning away from it is reality. Further out, the dashed line is
          where someone has to act. Part of the angle between them is used, part is left.
        </title>
        {[5, 10, 15, 20, 25, 30].map((degrees) => (
          <path
            className={classes.tick}
            d={`M${at(degrees, 222)}L${at(degrees, degrees % 10 === 0 ? 213 : 217)}`}
            key={degrees}
          />
        ))}
        <path className={classes.left} d={arc(24, 33.6)} />
        <path className={classes.used} d={arc(1.2, 21.4)} />
        <path className={classes.limit} d={`M${at(0, 0)}L${at(34.5, 329)}`} />
        <path className={classes.course} d={`M${at(0, 0)}L${at(22.9, 327)}`} />
        <path className={classes.heading} d={`M${at(0, 0)}L${at(0, 327)}`} />
        <circle className={classes.pivot} cx={pivot.x} cy={pivot.y} r="4.5" />
        <text className={classes.name} x="131" y="24" textAnchor="end">
          your objective
        </text>
        <text className={classes.note} x="131" y="41" textAnchor="end">
          the objective
        </text>
        <text className={classes.name} data-accent x="282" y="36">
          reality
        </text>
        <text className={classes.note} x="282" y="53">
          drift so far
        </text>
        <text className={classes.name} data-muted x="340" y="84">
          where someone acts
        </text>
        <text className={classes.note} x="340" y="101">
          error budget exhausted
        </text>
        <text className={classes.part} data-accent x="161" y="143">
          used
        </text>
        <text className={classes.part} x="229" y="165">
          left
        </text>
      </svg>
      <figcaption className={classes.words}>
        <p>
          <strong>leeway</strong> <span>noun</span>
        </p>
        <p>
          <span>1</span> How far a ship drifts sideways from its heading.
        </p>
        <p>
          <span>2</span> Room to manoeuvre before something must be done.
        </p>
      </figcaption>
    </figure>
  );
}
