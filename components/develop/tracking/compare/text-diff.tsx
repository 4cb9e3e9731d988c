import { plural } from "#components/ui/format.ts";
import type { DiffPart } from "./diff-lines.ts";
import classes from "./text-diff.module.css";

const signs = { same: " ", added: "+", removed: "−" } as const;
const words = { same: "", added: "added: ", removed: "removed: " } as const;

/** Renders removed and added lines, with a few unchanged ones around them. */
export function TextDiff({ parts }: { parts: readonly DiffPart[] }) {
  if (parts.every((part) => "skipped" in part)) return <p className="lw-small lw-quiet">Identical content.</p>;
  let line = 0;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keys
    <pre className={classes.diff} tabIndex={0}>
      {parts.map((part) => {
        if ("skipped" in part) {
          line += part.skipped;
          return (
            <span className={classes.skipped} key={`${line} skipped`}>
              {plural(part.skipped, "identical line")}
              {"\n"}
            </span>
          );
        }
        return part.lines.map(({ kind, text }) => {
          line += 1;
          return (
            <span className={classes.line} data-kind={kind} key={line}>
              <span aria-hidden="true">{signs[kind]} </span>
              {words[kind] && <span className="lw-hidden">{words[kind]}</span>}
              {text}
              {"\n"}
            </span>
          );
        });
      })}
    </pre>
  );
}
