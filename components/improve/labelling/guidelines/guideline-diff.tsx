import type { GuidelineClass } from "#server/improve/labelling/contract.ts";
import { diffLines, foldSame, guidelineText } from "./diff-lines.ts";
import classes from "./guidelines.module.css";

export interface ComparedGuideline {
  version: number;
  text: string;
  classes: readonly GuidelineClass[];
}

const signs = { same: "", added: "+", removed: "−" } as const;
const spoken = { same: "", added: "Added: ", removed: "Removed: " } as const;

/** Shows what changed between two versions of the guidelines. */
export function GuidelineDiff({ before, after }: { before: ComparedGuideline; after: ComparedGuideline }) {
  const lines = foldSame(diffLines(guidelineText(before), guidelineText(after)));
  if (lines.every((line) => line === null)) return <p className="lw-muted">No differences.</p>;
  return (
    <div className={classes.diff}>
      {lines.map((line, index) =>
        line === null ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity
          <div className={classes.fold} key={index}>
            …
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity
          <div className={classes.line} data-kind={line.kind} key={index}>
            <span aria-hidden="true">{signs[line.kind]}</span>
            <span>
              <span className="lw-hidden">{spoken[line.kind]}</span>
              {line.text}
            </span>
          </div>
        ),
      )}
    </div>
  );
}
