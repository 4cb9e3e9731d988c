"use client";

import { formatCountOf } from "#components/ui/format.ts";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { EngineKind } from "#server/improve/training/contract.ts";
import type { EngineFit } from "#server/improve/training/fit/contract.ts";
import classes from "../forms.module.css";
import { engineKindLabels } from "../jobs/job-labels.ts";

interface EngineChoiceProps {
  engines: readonly EngineFit[];
  value: string;
  onChange: (name: string) => void;
  error: string | undefined;
}

/** Chooses an engine. One that cannot run the job is off and says why. */
export function EngineChoice({ engines, value, onChange, error }: EngineChoiceProps) {
  return (
    <div className={classes.form}>
      <fieldset className={classes.choices} aria-label="Engine">
        {engines.map(({ id, name, kind, problem, starts, isSilent, running, maxJobs }) => (
          <label
            className={classes.engine}
            data-off={problem !== null || undefined}
            data-checked={name === value || undefined}
            key={id}
          >
            <input
              type="radio"
              name="engine"
              value={name}
              checked={name === value}
              disabled={problem !== null}
              onChange={() => onChange(name)}
            />
            <span>
              <strong>{name}</strong> {engineKindLabels[kind as EngineKind]}
            </span>
            <span className="lw-small">
              {problem ?? (
                <>
                  <StatusShape state={running < maxJobs && !isSilent ? "on-target" : "watch"} />{" "}
                  {formatCountOf(running, maxJobs)} in use; starts {starts}
                </>
              )}
            </span>
          </label>
        ))}
      </fieldset>
      {error && <p role="alert">{error}</p>}
    </div>
  );
}
