"use client";

import { Button, Textarea, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import { Columns } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { GuidelineClass, LabelClass } from "#server/improve/labelling/contract.ts";
import type { PublishGuideline } from "#server/improve/labelling/guidelines/contract.ts";
import { type ComparedGuideline, GuidelineDiff } from "./guideline-diff.tsx";
import classes from "./guidelines.module.css";

interface GuidelineEditorProps {
  projectId: number;
  current: ComparedGuideline;
  classes: readonly LabelClass[];
  /** Tasks that a reviewer found unclear: they become examples of the class whose definition changes. */
  examples: readonly number[];
  publish: (input: PublishGuideline) => Promise<ActionState<{ version: number }>>;
}

/** Renders the form that publishes the next version of the guidelines, with what it changes. */
export function GuidelineEditor(props: GuidelineEditorProps) {
  const { projectId, current, examples, publish } = props;
  const modKey = useModKey();
  const known = new Map(current.classes.map((each) => [each.name, each]));
  const [text, setText] = useState(current.text);
  const [definitions, setDefinitions] = useState<GuidelineClass[]>(() =>
    props.classes.map(({ name }) => known.get(name) ?? { name, definition: "", examples: [] }),
  );
  const [reason, setReason] = useState("");
  const { state, busy, run } = useAction(publish);
  const next: ComparedGuideline = { version: current.version + 1, text, classes: definitions };
  const isDefined = (name: string) => (known.get(name)?.definition ?? "") !== "";
  const hasChanged =
    text !== current.text ||
    definitions.some(({ name, definition }) => definition !== (known.get(name)?.definition ?? ""));

  function submit(event?: SubmitEvent<HTMLFormElement>) {
    event?.preventDefault();
    if (!hasChanged) return;
    const withExamples = definitions.map((each) =>
      each.definition === (known.get(each.name)?.definition ?? "")
        ? each
        : { ...each, examples: [...new Set([...each.examples, ...examples])].slice(0, 50) },
    );
    run({ projectId, text, classes: withExamples, reason: reason.trim() }, ({ version }) => {
      toast.done(`Version ${version} is in effect. Annotators see what changed once.`);
      setReason("");
    });
  }

  return (
    <form
      aria-label="Edit the guidelines"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
        event.preventDefault();
        submit();
      }}
    >
      <Columns columns="minmax(0, 3fr) minmax(0, 2fr)">
        <Panel title="Text and definitions">
          <div className={classes.fields}>
            <FormProblem state={state} />
            {examples.length > 0 && (
              <p className="lw-muted">
                {examples.length === 1 ? "One item" : `${examples.length} items`} from review become examples of the
                edited definitions.
              </p>
            )}
            <Textarea
              label="Text"
              description="Markdown"
              autosize
              minRows={5}
              maxRows={24}
              maxLength={100_000}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            {props.classes.map(({ name, title }) => (
              <Textarea
                label={title}
                autosize
                minRows={1}
                maxRows={8}
                maxLength={4000}
                value={definitions.find((each) => each.name === name)?.definition ?? ""}
                onChange={(event) => {
                  const { value } = event.currentTarget;
                  setDefinitions((before) =>
                    before.map((each) => (each.name === name ? { ...each, definition: value } : each)),
                  );
                }}
                placeholder={isDefined(name) ? undefined : "What belongs to this class, and what does not"}
                key={name}
              />
            ))}
          </div>
        </Panel>
        <Panel title={`Version ${next.version}`} subtitle="shown once to annotators before they continue">
          <div className={classes.fields}>
            <GuidelineDiff before={current} after={next} />
            <TextInput
              label="Reason"
              placeholder="What was unclear"
              maxLength={2000}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <div>
              <Button
                type="submit"
                disabled={!hasChanged}
                aria-disabled={busy}
                rightSection={<Keys keys={[modKey, "↵"]} />}
              >
                Publish version {next.version}
              </Button>
            </div>
          </div>
        </Panel>
      </Columns>
    </form>
  );
}
