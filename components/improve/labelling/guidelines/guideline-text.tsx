import { Markdown } from "#components/ui/markdown.tsx";
import type { GuidelineClass } from "#server/improve/labelling/contract.ts";
import classes from "./guidelines.module.css";

interface GuidelineTextProps {
  text: string;
  classes: readonly GuidelineClass[];
  titleOf: (name: string) => string;
}

/** Renders guidelines: the text, then the definition of each class. */
export function GuidelineText({ text, classes: definitions, titleOf }: GuidelineTextProps) {
  const defined = definitions.filter(({ definition }) => definition !== "");
  if (text === "" && defined.length === 0) return <p className="lw-muted">No guidelines yet.</p>;
  return (
    <div className={classes.text}>
      {text !== "" && <Markdown>{text}</Markdown>}
      {defined.length > 0 && (
        <dl className={classes.definitions}>
          {defined.map(({ name, definition }) => (
            <div key={name}>
              <dt>{titleOf(name)}</dt>
              <dd>{definition}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
