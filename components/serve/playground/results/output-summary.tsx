import type { Element } from "#components/serve/tensors/elements.ts";
import { type OutputView, shownClasses } from "#components/serve/tensors/outputs.ts";
import { BarList } from "#components/ui/bar-list.tsx";
import { formatNumber, formatPercent, formatUnit, nbsp, noValue } from "#components/ui/format.ts";
import classes from "./output-summary.module.css";

const maxValues = 100;

/** Renders one output: the likeliest class with all probabilities, or its numbers. */
export function OutputSummary({ view }: { view: OutputView }) {
  return view.kind === "classes" ? <Classes view={view} /> : <Plain view={view} />;
}

function Classes({ view }: { view: Extract<OutputView, { kind: "classes" }> }) {
  const { best, classes: all, entropyBits, name } = view;
  const { shown, others } = shownClasses(all);
  const bars = [...shown, ...(others ? [others] : [])].map((one) => ({
    label: one.label,
    value: one.share,
    highlighted: one === best,
  }));
  return (
    <div className={classes.root}>
      <p className={classes.best}>
        <strong className={classes.figure}>{best?.label ?? noValue}</strong>
        {best && <span className="lw-muted">{formatPercent(best.share)} confidence</span>}
      </p>
      <BarList label={`Probabilities of ${name}`} bars={bars} />
      <p className="lw-small lw-quiet">
        entropy {formatNumber(entropyBits, { decimals: 2 })} of{" "}
        {formatUnit(Math.log2(all.length), "bit", { decimals: 2 })}
      </p>
    </div>
  );
}

function Plain({ view }: { view: Extract<OutputView, { kind: "values" }> }) {
  const { name, values, labels, shape } = view;
  const [only] = values;
  if (values.length === 1 && only !== undefined) {
    return (
      <p className={classes.best}>
        <strong className={classes.figure}>{show(only)}</strong>
        <span className="lw-muted">{name}</span>
      </p>
    );
  }
  return (
    <div className={classes.root}>
      <p className="lw-small lw-muted">
        {name}
        {shape.length > 1 && ` [${shape.join(", ")}]`}
      </p>
      <dl className={classes.values}>
        {values.slice(0, maxValues).map((value, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: elements of a tensor are their places
          <div className={classes.value} key={index}>
            <dt className="lw-quiet">{labels?.[index] ?? index}</dt>
            <dd className="lw-number">{show(value)}</dd>
          </div>
        ))}
      </dl>
      {values.length > maxValues && (
        <p className="lw-small lw-quiet">
          and {formatNumber(values.length - maxValues)}
          {nbsp}more in the raw response
        </p>
      )}
    </div>
  );
}

function show(value: Element): string {
  return typeof value === "number" ? formatNumber(value) : String(value);
}
