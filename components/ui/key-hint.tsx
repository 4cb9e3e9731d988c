import classes from "./key-hint.module.css";

/** One or more keys as caps: `<Keys keys={["G", "E"]} />`. Readers get the words from the control itself. */
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
