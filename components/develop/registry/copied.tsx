import { CopyButton } from "#components/ui/copy-button.tsx";
import classes from "./versions/version-facts.module.css";

/** Renders a long value of a fact, such as a digest, with a button that copies it. */
export function Copied({ value, label }: { value: string; label: string }) {
  return (
    <span className={classes.copied}>
      <code className={classes.code}>{value}</code>
      <CopyButton value={value} label={label} />
    </span>
  );
}
