import classes from "./filter-bar.module.css";
import type { Completion } from "./use-completion.ts";

interface CompletionListProps {
  id: string;
  items: readonly Completion[];
  active: number;
  onAccept: (completion: Completion) => void;
}

/** Suggestions under a field; the keys are handled by the field itself. */
export function CompletionList({ id, items, active, onAccept }: CompletionListProps) {
  return (
    <div className={classes.list} id={id} role="listbox" aria-label="Suggestions">
      {items.map((item, index) => (
        <div
          className={classes.option}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          key={item.label}
          // Runs before the field loses the focus.
          onMouseDown={(event) => {
            event.preventDefault();
            onAccept(item);
          }}
        >
          <code className="lw-truncate">{item.label}</code>
          <span className="lw-small lw-quiet">{item.hint}</span>
        </div>
      ))}
    </div>
  );
}
