"use client";

import { isolated, toggled } from "#components/charts/hidden-names.ts";
import { SeriesSwatch } from "#components/charts/legend.tsx";
import { styleVersions } from "#components/charts/series-style.ts";
import { useHiddenVersions } from "#components/serve/endpoints/use-hidden-versions.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Tag } from "#components/ui/tag.tsx";
import classes from "./service.module.css";
import type { KeyVersion } from "./version-key-entries.ts";

const roleTags = {
  serving: <Tag tone="strong">serving</Tag>,
  canary: <Tag tone="accent">canary</Tag>,
  blocked: <StatusBadge state="missed">blocked here</StatusBadge>,
  none: null,
};

/**
 * Renders the key of the versions once for all charts of an endpoint. A click hides a version on all tabs, a double click or Shift+Enter shows
 * it alone. Renders nothing for one version.
 */
export function VersionKey({ versions }: { versions: readonly KeyVersion[] }) {
  const [hidden, setHidden] = useHiddenVersions();
  if (versions.length < 2) return null;
  const styles = styleVersions(versions);
  const all = versions.map(({ label }) => label);
  return (
    <fieldset className={classes.key} aria-label="Versions in charts">
      <span className="lw-quiet lw-small" aria-hidden="true">
        Versions
      </span>
      {versions.map(({ label, role, weight }, index) => {
        const isShown = !hidden.has(label);
        const style = styles[index];
        return (
          <button
            type="button"
            key={label}
            aria-pressed={isShown}
            title={`${isShown ? "Hide" : "Show"} ${label}; double-click or Shift+Enter to show it alone`}
            onClick={(event) => {
              // The second click of a double click undoes the first, so that isolating starts from what was shown.
              if (event.shiftKey) setHidden(isolated(hidden, all, label));
              else setHidden(toggled(hidden, all, label));
            }}
            onDoubleClick={() => setHidden(isolated(hidden, all, label))}
          >
            {style && <SeriesSwatch style={style} />}
            <strong>{label}</strong>
            {roleTags[role]}
            {weight && <span className="lw-quiet">{weight}</span>}
          </button>
        );
      })}
    </fieldset>
  );
}
