"use client";

import { Button, NativeSelect, Radio, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useState } from "react";
import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import type { ActionState } from "#components/ui/action-state.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { type LabelTaskKind, labelTaskKinds, type ShownObject } from "#server/improve/labelling/contract.ts";
import type { CreateLabelProject } from "#server/improve/labelling/projects/contract.ts";
import { kindDescriptions, kindLabels } from "./kind-labels.ts";
import {
  hasClasses,
  newProjectDraft,
  type ProjectDraft,
  readProjectDraft,
  shownKindsOf,
  withKind,
  withShown,
} from "./project-draft.ts";
import classes from "./projects.module.css";

interface ProjectFormProps {
  /** Names of endpoints whose predictions can be labelled. */
  endpoints: string[];
  /** Endpoint with which the form opens. */
  endpoint: string | undefined;
  /** Whether the workspace has no one else who may label. */
  isAlone: boolean;
  create: (input: CreateLabelProject) => Promise<ActionState<{ id: number; name: string }>>;
}

const shownLabels: Record<ShownObject["kind"], string> = {
  image: "A picture",
  row: "A row of fields",
  text: "A text",
};

/** Renders the form that creates a label project. */
export function ProjectForm({ endpoints, endpoint, isAlone, create }: ProjectFormProps) {
  const router = useRouter();
  const modKey = useModKey();
  const [draft, setDraft] = useState<ProjectDraft>({
    ...newProjectDraft,
    name: endpoint ?? "",
    endpoint: endpoint ?? "",
    labels: isAlone ? "one" : "several",
  });
  const [showsComplaints, setShowsComplaints] = useState(false);
  const { state, busy, run, reset } = useAction(create);
  const { input, complaints: own } = readProjectDraft(draft);
  const complaints: Record<string, string> = { ...(showsComplaints ? own : {}), ...state.fieldErrors };
  const kinds = shownKindsOf(draft.taskKind);

  function change(next: ProjectDraft) {
    reset();
    setDraft(next);
  }
  const set = (part: Partial<ProjectDraft>) => change({ ...draft, ...part });

  function submit(event?: SubmitEvent<HTMLFormElement>) {
    event?.preventDefault();
    setShowsComplaints(true);
    if (!input) return;
    run(input, ({ id, name }) => {
      toast.done(`Created ${name}.`);
      router.push(labelProjectHref({ id, name }));
    });
  }

  return (
    <form
      className={classes.form}
      aria-label="Create a label project"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
        event.preventDefault();
        submit();
      }}
    >
      <FormProblem state={state} />
      <Columns columns="repeat(2, minmax(0, 1fr))">
        <Panel title="Project">
          <div className={classes.fields}>
            <TextInput
              label="Name"
              value={draft.name}
              error={complaints.name}
              onChange={(event) => set({ name: event.currentTarget.value })}
              autoComplete="off"
              maxLength={200}
            />
            <NativeSelect
              label="Endpoint"
              description="Labels of its predictions count in its quality."
              data={[{ value: "", label: "none: imported items" }, ...endpoints]}
              value={draft.endpoint}
              error={complaints.endpoint}
              onChange={(event) => set({ endpoint: event.currentTarget.value })}
            />
            <Radio.Group
              label="What people answer"
              value={draft.taskKind}
              onChange={(value) => change(withKind(draft, value as LabelTaskKind))}
            >
              <div className={`${dialog.choice} ${classes.choices}`}>
                {labelTaskKinds.map((kind) => (
                  <Radio value={kind} label={kindLabels[kind]} description={kindDescriptions[kind]} key={kind} />
                ))}
              </div>
            </Radio.Group>
            <Radio.Group
              label="Labels per item"
              value={draft.labels}
              onChange={(labels) => set({ labels: labels as ProjectDraft["labels"] })}
            >
              <div className={classes.choices}>
                <Radio
                  value="one"
                  label="One"
                  description={`Each label settles its item.${isAlone ? " You are the only person who can label here." : ""}`}
                />
                <Radio
                  value="several"
                  label="One to five"
                  description="Until the label is 95% certain; a new annotator counts as 85% accurate, so a second label is needed."
                />
              </div>
            </Radio.Group>
          </div>
        </Panel>
        <Panel title="Question">
          <div className={classes.fields}>
            <TextInput
              label="Question"
              placeholder="What is wrong with this parcel?"
              value={draft.question}
              error={complaints.question}
              onChange={(event) => set({ question: event.currentTarget.value })}
              maxLength={1000}
            />
            <div className={classes.pair}>
              <NativeSelect
                label="Shown"
                description="to people"
                data={kinds.map((kind) => ({ value: kind, label: shownLabels[kind] }))}
                value={draft.shownKind}
                error={complaints.shown}
                onChange={(event) => change(withShown(draft, event.currentTarget.value as ShownObject["kind"]))}
              />
              <TextInput
                label="Field"
                description="of the items"
                value={draft.field}
                error={complaints.field}
                onChange={(event) => set({ field: event.currentTarget.value })}
                autoComplete="off"
                spellCheck={false}
                maxLength={200}
              />
            </div>
            {hasClasses(draft.taskKind) && (
              <Textarea
                label="Classes"
                description="One per line; the first nine have the keys 1 to 9."
                autosize
                minRows={4}
                maxRows={14}
                value={draft.classes}
                error={complaints.classes}
                onChange={(event) => set({ classes: event.currentTarget.value })}
                spellCheck={false}
              />
            )}
            {(draft.taskKind === "number" || draft.taskKind === "ordinal") && (
              <div className={classes.pair}>
                {draft.taskKind === "number" && (
                  <TextInput
                    label="Min"
                    inputMode="decimal"
                    value={draft.min}
                    error={complaints.min}
                    onChange={(event) => set({ min: event.currentTarget.value })}
                  />
                )}
                <TextInput
                  label="Max"
                  placeholder={draft.taskKind === "ordinal" ? "5" : undefined}
                  inputMode="decimal"
                  value={draft.max}
                  error={complaints.max}
                  onChange={(event) => set({ max: event.currentTarget.value })}
                />
              </div>
            )}
            <Textarea
              label="Guidelines"
              description="Markdown. Every label records the version it was given under."
              autosize
              minRows={4}
              maxRows={14}
              value={draft.guidelines}
              error={complaints.guideline}
              onChange={(event) => set({ guidelines: event.currentTarget.value })}
              maxLength={100_000}
            />
          </div>
        </Panel>
      </Columns>
      <div className={classes.buttons}>
        <ButtonLink href="/labels" variant="default">
          Cancel
        </ButtonLink>
        <Button type="submit" aria-disabled={busy} rightSection={<Keys keys={[modKey, "↵"]} />}>
          {busy ? "Creating…" : "Create project"}
        </Button>
      </div>
    </form>
  );
}
