import { useEffect, useRef } from "react";
import classes from "./palette.module.css";
import { type FamilyKey, families } from "./palette-families.ts";
import { formatTotal } from "./palette-groups.ts";

interface PaletteChipsProps {
  /** Chosen one; undefined shows all kinds. */
  chip: FamilyKey | undefined;
  count: (key: FamilyKey) => number;
  /** Families with more matches than their number. */
  uncounted: ReadonlySet<FamilyKey>;
  onChip: (key: FamilyKey | undefined) => void;
}

/** Renders the kinds with their numbers; Tab goes through them while the field keeps the focus. */
export function PaletteChips({ chip, count, uncounted, onChip }: PaletteChipsProps) {
  const row = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    row.current
      ?.querySelector(`[data-chip="${chip ?? "all"}"]`)
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [chip]);
  const shown = families
    .map((family) => ({
      key: family.key,
      label: "chip" in family ? family.chip : family.label,
      number: count(family.key),
    }))
    .filter(({ key, number }) => number > 0 || key === chip);
  const all = shown.reduce((sum, { number }) => sum + number, 0);
  return (
    <fieldset className={classes.chips} ref={row} aria-label="Kinds">
      {[{ key: undefined, label: "All", number: all }, ...shown].map(({ key, label, number }) => (
        <button
          className={classes.chip}
          type="button"
          tabIndex={-1}
          aria-pressed={key === chip}
          data-chip={key ?? "all"}
          onClick={() => onChip(key)}
          key={label}
        >
          {label}{" "}
          <span className="lw-number">
            {formatTotal(number, key === undefined ? uncounted.size > 0 : uncounted.has(key))}
          </span>
        </button>
      ))}
    </fieldset>
  );
}
