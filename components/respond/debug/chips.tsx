import { IconX } from "@tabler/icons-react";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import classes from "./debug.module.css";
import { comparisonLabels, type DebugState, debugHref } from "./debug-state.ts";
import { SpanText } from "./span-text.tsx";

/** Lists the active filters of the board, each with a control to remove it. */
export function Chips({ endpoint, state }: { endpoint: string; state: DebugState }) {
  const chips = [
    ...(state.cell
      ? [
          {
            words: (
              <>
                {formatDuration(state.cell.fromMs)} to {formatDuration(state.cell.toMs)}, <SpanText span={state.cell} />
              </>
            ),
            name: "cell",
            off: { cell: null },
          },
        ]
      : []),
    ...(state.compare === "nothing"
      ? []
      : [
          {
            words: `Compared with ${comparisonLabels[state.compare]}`,
            name: "comparison",
            off: { compare: "nothing" as const },
          },
        ]),
  ];
  if (chips.length === 0) return null;
  return (
    <div className={classes.chips}>
      {chips.map(({ words, name, off }) => (
        <span className={classes.chip} key={name}>
          {words}
          <Link
            className={classes.off}
            href={debugHref(endpoint, state, off)}
            scroll={false}
            aria-label={`Remove ${name}`}
          >
            <IconX size={13} stroke={1.9} aria-hidden="true" />
          </Link>
        </span>
      ))}
    </div>
  );
}
