"use client";

import { Checkbox, Select } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import { formatDuration } from "#components/ui/format-time.ts";
import classes from "./builder.module.css";
import {
  chosenOfView,
  chosenReferences,
  type ServiceOption,
  type TrainingSetDraft,
  type ViewOption,
  withFeatures,
} from "./draft.ts";

interface FeaturesSectionProps {
  draft: TrainingSetDraft;
  onChange: (change: Partial<TrainingSetDraft>) => void;
  views: readonly ViewOption[];
  services: readonly ServiceOption[];
}

/** Chooses the features: those of a service, or one by one. Changing those of a service makes them a choice of one's own. */
export function FeaturesSection({ draft, onChange, views, services }: FeaturesSectionProps) {
  const references = chosenReferences(draft, services);
  const service = services.find(({ name }) => name === draft.service);
  const isFixed = service?.isMapped ?? false;
  return (
    <>
      <Select
        aria-label="Feature service"
        placeholder="Features chosen one by one"
        data={services.map(({ name }) => ({ value: name, label: name }))}
        value={draft.service}
        onChange={(name) => onChange({ service: name, features: name === null ? references : [] })}
        nothingFoundMessage="No matching services"
        clearable
        searchable
      />
      {isFixed && (
        <p className="lw-small lw-muted">
          The service renames views or keys, so its features are joined without renaming.
        </p>
      )}
      {views.length === 0 ? (
        <p className="lw-muted">No feature views yet. Define a view first.</p>
      ) : (
        <ul className={classes.views}>
          {views.map((view) => (
            <ViewFeatures
              view={view}
              references={references}
              disabled={isFixed}
              onChoose={(chosen) =>
                onChange({ service: null, features: withFeatures(references, view, chosen, views) })
              }
              key={view.name}
            />
          ))}
        </ul>
      )}
    </>
  );
}

interface ViewFeaturesProps {
  view: ViewOption;
  references: readonly string[];
  disabled: boolean;
  onChoose: (features: ReadonlySet<string>) => void;
}

function ViewFeatures({ view, references, disabled, onChoose }: ViewFeaturesProps) {
  const [isOpen, setOpen] = useState(false);
  const { version, joinKeys, features, chosen } = chosenOfView(view, references);
  const all = features.map(({ name }) => name);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <li className={classes.viewItem}>
      <div className={classes.view}>
        <Checkbox
          size="xs"
          aria-label={`All features of ${view.name}`}
          checked={chosen.size > 0 && chosen.size === all.length}
          indeterminate={chosen.size > 0 && chosen.size < all.length}
          disabled={disabled}
          onChange={() => onChoose(new Set(chosen.size > 0 ? [] : all))}
        />
        <span className={classes.viewName} title={view.name}>
          <code>{view.name}</code> <span className="lw-quiet">v{version}</span>
        </span>
        <span className="lw-small lw-muted lw-truncate" title={joinKeys.join(", ")}>
          {joinKeys.join(", ") || "no key"}
        </span>
        <button
          className={classes.count}
          type="button"
          aria-expanded={isOpen}
          aria-label={`${chosen.size} of ${all.length} features of ${view.name}`}
          onClick={() => setOpen(!isOpen)}
        >
          {chosen.size} of {all.length}
          <Chevron size={13} stroke={1.8} aria-hidden="true" />
        </button>
        <span className="lw-small lw-number lw-muted" title="Max age (TTL)">
          {view.ttlUs === null ? "no TTL" : formatDuration(view.ttlUs / 1000)}
        </span>
      </div>
      {isOpen && (
        <ul className={classes.features}>
          {features.map(({ name, isComputed }) => (
            <li key={name}>
              <Checkbox
                size="xs"
                label={
                  <>
                    <code>{name}</code>
                    {isComputed && <span className="lw-quiet"> CEL, on demand</span>}
                  </>
                }
                checked={chosen.has(name)}
                disabled={disabled}
                onChange={() =>
                  onChoose(new Set(chosen.has(name) ? [...chosen].filter((each) => each !== name) : [...chosen, name]))
                }
              />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
