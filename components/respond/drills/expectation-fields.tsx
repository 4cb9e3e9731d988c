"use client";

import { Checkbox, TextInput } from "@mantine/core";
import { FieldTable } from "#components/ui/field-table.tsx";
import classes from "./drills.module.css";
import type { FieldProblems } from "./field-problems.ts";
import { expectationLabels } from "./game-day-text.ts";
import { expectationKinds, type PlanDraft } from "./plan-draft.ts";

interface ExpectationFieldsProps {
  draft: PlanDraft;
  set: (part: Partial<PlanDraft>) => void;
  problems: FieldProblems;
}

/** Renders the expectations of a plan: which there are, and the minutes that each allows. */
export function ExpectationFields({ draft, set, problems }: ExpectationFieldsProps) {
  return (
    <>
      <FieldTable label="Expectations" heads={["Expectation", "Within, min"]} fixed>
        {expectationKinds.map((what) => (
          <tr key={what}>
            <td>
              <Checkbox
                label={expectationLabels[what]}
                checked={draft.isExpected[what]}
                onChange={(event) => set({ isExpected: { ...draft.isExpected, [what]: event.currentTarget.checked } })}
              />
            </td>
            <td>
              {what === "noHarm" ? (
                <span className="lw-muted">always</span>
              ) : (
                <TextInput
                  aria-label={`${expectationLabels[what]} within, min`}
                  className={classes.minutes}
                  value={draft.withinMinutes[what]}
                  disabled={!draft.isExpected[what]}
                  error={problems[`within-${what}`]}
                  rightSection={what === "acknowledged" && <span className="lw-caption lw-quiet">later</span>}
                  onChange={(event) =>
                    set({ withinMinutes: { ...draft.withinMinutes, [what]: event.currentTarget.value } })
                  }
                />
              )}
            </td>
          </tr>
        ))}
      </FieldTable>
      {problems.expectations && <p role="alert">{problems.expectations}</p>}
    </>
  );
}
