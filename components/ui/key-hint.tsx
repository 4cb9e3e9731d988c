import classes from "./key-hint.module.css";

/** Renders one or more keys as caps: `<Keys keys={["G", "E"]} />`. Screen readers use the label of the control instead. */
export function Keys({ keys }: { keys: string[] }) {
  return (
    <span className={classes.keys} aria-hidden="true">
      {keys.map((key) => (
        <kbd className={classes.key} key={key}>
          {key}
        </kbd>
      ))}
    </span>
  );
}
