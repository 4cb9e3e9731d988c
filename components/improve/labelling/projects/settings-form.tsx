"use client";

import { Button, NumberInput, Switch, TagsInput, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useState } from "react";
import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { LabelSettings } from "#server/improve/labelling/contract.ts";
import type { UpdateLabelProject } from "#server/improve/labelling/projects/contract.ts";
import classes from "./projects.module.css";
import { readSettingsDraft, type SettingsDraft, toSettingsDraft } from "./settings-draft.ts";

interface SettingsFormProps {
  projectId: number;
  name: string;
  settings: LabelSettings;
  /** Whether predictions can be drawn: of boxes and spans. */
  canShowPredictions: boolean;
  update: (input: UpdateLabelProject) => Promise<ActionState<{ name: string }>>;
  why: string | undefined;
}

/** Renders the settings of a label project: how many people, which order, gold, leases. */
export function SettingsForm({ projectId, settings, canShowPredictions, update, why, ...props }: SettingsFormProps) {
  const router = useRouter();
  const [name, setName] = useState(props.name);
  const [draft, setDraft] = useState<SettingsDraft>(() => toSettingsDraft(settings));
  const { state, busy, run, reset } = useAction(update);
  const read = readSettingsDraft(draft);
  const complaints: Record<string, string> = { ...read.complaints, ...state.fieldErrors };
  const set = (part: Partial<SettingsDraft>) => {
    reset();
    setDraft((before) => ({ ...before, ...part }));
  };

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!read.settings) return;
    run({ projectId, name, settings: read.settings }, (saved) => {
      toast.done("Saved the settings.");
      // The address has the name.
      if (saved.name !== props.name) router.replace(labelProjectHref({ id: projectId, name: saved.name }, "settings"));
    });
  }

  const number = (field: keyof SettingsDraft & keyof NumberFields, extra: { suffix?: string; step?: number }) => ({
    value: draft[field],
    error: complaints[field],
    onChange: (value: number | string) => set({ [field]: value } as Partial<SettingsDraft>),
    ...extra,
  });
  return (
    <form className={classes.form} aria-label="Settings of the project" onSubmit={submit}>
      <FormProblem state={state} />
      <fieldset className={classes.form} disabled={why !== undefined}>
        <Columns columns="repeat(2, minmax(0, 1fr))">
          <Panel title="Project and people per item">
            <div className={classes.fields}>
              <TextInput
                label="Name"
                value={name}
                error={complaints.name}
                onChange={(event) => {
                  reset();
                  setName(event.currentTarget.value);
                }}
                maxLength={200}
              />
              <NumberInput
                label="Settled at"
                description="estimated probability that the label is correct"
                {...number("stop", { suffix: "%" })}
              />
              <div className={classes.pair}>
                <NumberInput label="Min labels" description="before it settles" {...number("minAnswers", {})} />
                <NumberInput label="Max labels" description="then to review" {...number("maxAnswers", {})} />
              </div>
              <NumberInput
                label="Always two people"
                description="share of items used to measure agreement"
                {...number("overlapShare", { suffix: "%" })}
              />
              <Switch
                label="The model votes"
                description="Its probabilities count as a vote where annotators do not see them."
                checked={draft.modelVotes}
                onChange={(event) => set({ modelVotes: event.currentTarget.checked })}
              />
              <Switch
                label="Show predictions on request"
                description="For boxes and spans: while P is pressed. Labels are marked, and 10% of items never show predictions."
                checked={draft.showPredictions}
                disabled={!canShowPredictions}
                onChange={(event) => set({ showPredictions: event.currentTarget.checked })}
              />
            </div>
          </Panel>
          <Panel title="Queue and quality">
            <div className={classes.fields}>
              <NumberInput
                label="Random audit"
                description="share of served items chosen at random; only these count in rates"
                {...number("auditShare", { suffix: "%" })}
              />
              <div className={classes.pair}>
                <NumberInput
                  label="Gold items"
                  description="share of served items"
                  {...number("goldShare", { suffix: "%" })}
                />
                <NumberInput
                  label="Min gold accuracy"
                  description="below it: a warning, then a pause"
                  {...number("minGoldAccuracy", { suffix: "%" })}
                />
              </div>
              <div className={classes.pair}>
                <NumberInput
                  label="Label within"
                  description="for audit items"
                  {...number("labelWithinDays", { suffix: " days" })}
                />
                <NumberInput
                  label="Lease"
                  description="until the item is served to someone else"
                  {...number("leaseMinutes", { suffix: " min" })}
                />
              </div>
              <TextInput
                label="Weight"
                description="field of the items, such as an amount; empty for none"
                value={draft.weightField}
                error={complaints.weightField}
                onChange={(event) => set({ weightField: event.currentTarget.value })}
                spellCheck={false}
              />
              <TagsInput
                label="Hidden fields"
                description="not shown to annotators"
                value={draft.hiddenFields}
                error={complaints.hiddenFields}
                onChange={(hiddenFields) => set({ hiddenFields })}
              />
            </div>
          </Panel>
        </Columns>
      </fieldset>
      <div className={classes.buttons}>
        {why && <span className="lw-small lw-quiet">{why}</span>}
        <Button type="submit" disabled={why !== undefined || !read.settings} aria-disabled={busy}>
          Save settings
        </Button>
      </div>
    </form>
  );
}

type NumberFields = Omit<SettingsDraft, "modelVotes" | "showPredictions" | "weightField" | "hiddenFields">;
