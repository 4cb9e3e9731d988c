import { IconChevronRight } from "@tabler/icons-react";
import { helpHref } from "#components/ui/help-target.ts";
import { Link } from "#components/ui/link.tsx";
import classes from "./first-run.module.css";

const ways = [
  { label: "Import from an MLflow server", href: "/settings/transfer" },
  { label: "Log from Python step by step", href: helpHref("connect-python#track-experiments") },
  { label: "Tokens", href: "/settings/tokens" },
];

const names = [
  { name: "val/, train/", effect: "A section for each prefix, a panel for each metric" },
  { name: "system/", effect: "CPU, memory and GPU, with mlflow.enable_system_metrics_logging()" },
  { name: "log_image", effect: "Images with a step slider" },
  { name: "seed", effect: "Runs that differ only in it become one line" },
];

/** Renders other ways to the first run, and what the charts make of names. */
export function FirstRunAside() {
  return (
    <aside className={classes.aside} aria-label="More about logging">
      <section className={classes.card}>
        <h3 className={classes.name}>Other ways</h3>
        <ul className={classes.ways}>
          {ways.map(({ label, href }) => (
            <li key={href}>
              <Link href={href}>
                {label} <IconChevronRight size={15} stroke={1.8} aria-hidden="true" />
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <section className={classes.card}>
        <h3 className={classes.name}>What the charts show</h3>
        <dl className={classes.names}>
          {names.map(({ name, effect }) => (
            <div key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>{effect}</dd>
            </div>
          ))}
        </dl>
      </section>
    </aside>
  );
}
