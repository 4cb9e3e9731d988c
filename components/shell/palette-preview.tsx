import { Keys } from "#components/ui/key-hint.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import classes from "./palette.module.css";
import type { Entry } from "./palette-entries.ts";

/** Renders what Enter does with the chosen row, and what the server knows of it. Hidden on narrow screens. */
export function PalettePreview({ id, entry }: { id: string; entry: Entry | undefined }) {
  if (!entry) return <aside className={classes.preview} aria-label="Preview" id={id} />;
  const { icon: Icon, label, detail, state, facts, does, denial } = entry;
  return (
    <aside className={classes.preview} aria-label="Preview" id={id}>
      <h2 className={classes.title}>
        <Icon size={16} stroke={1.7} aria-hidden="true" className={classes.icon} />
        {label.replace(/…$/, "")}
      </h2>
      {(detail || state) && (
        <p className={classes.about}>
          {state && <StatusBadge state={state.shape}>{state.word}</StatusBadge>} {detail}
        </p>
      )}
      {facts.length > 0 && (
        <dl className={classes.facts}>
          {facts.map(({ label: name, value, at }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{at === undefined ? value : <RelativeTime at={at} />}</dd>
            </div>
          ))}
        </dl>
      )}
      <p className={classes.does}>
        {denial ? (
          `Not available: ${denial}.`
        ) : (
          <>
            <Keys keys={["↵"]} /> {does}
          </>
        )}
      </p>
    </aside>
  );
}
