import { Keys } from "#components/ui/key-hint.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import classes from "./palette.module.css";

/** Renders the keys of the palette, and the button that closes it. */
export function PaletteFoot({ onClose }: { onClose: () => void }) {
  const modKey = useModKey();
  const hints: [string[], string][] = [
    [["↑", "↓"], "move"],
    [["↵"], "open"],
    [[modKey, "↵"], "new tab"],
    [["Tab"], "kind"],
    [[">"], "actions"],
    [["#"], "IDs"],
    [["@"], "people"],
    [["!"], "incidents and alerts"],
  ];
  return (
    <div className={classes.foot}>
      <span className={classes.hints}>
        {hints.map(([keys, does]) => (
          <span key={does}>
            <Keys keys={keys} /> {does}
          </span>
        ))}
      </span>
      <button className={classes.close} type="button" onClick={onClose}>
        <Keys keys={["Esc"]} /> close
      </button>
    </div>
  );
}
