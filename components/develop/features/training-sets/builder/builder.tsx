"use client";

import { Button, Radio, TextInput } from "@mantine/core";
import { useClipboard, useMediaQuery } from "@mantine/hooks";
import { IconBrandPython, IconDatabasePlus } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useEffectEvent, useState } from "react";
import type { UploadAction } from "#components/develop/datasets/upload-rows-form.tsx";
import { useShell } from "#components/shell/shell-context.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import { PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState, StaleLine } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { CreateTrainingSet } from "#server/develop/features/training-sets/contract.ts";
import { trainingSetHref } from "../../../addresses/training-set-href.ts";
import { nameOfVersion } from "../training-set-text.ts";
import classes from "./builder.module.css";
import {
  chosenReferences,
  isTimeSplitComplete,
  pythonOf,
  requestOf,
  type ServiceOption,
  type TrainingSetDraft,
  toTrainingSet,
  type ViewOption,
} from "./draft.ts";
import { FeaturesSection } from "./features-section.tsx";
import { FrozenSetsField } from "./frozen-sets-field.tsx";
import { LeakCheckPanel } from "./leak-check-panel.tsx";
import { describeLeaks, failedLeaks, leakLines } from "./leak-lines.ts";
import { PictureLegend, PointInTimePicture } from "./point-in-time-picture.tsx";
import { PreviewPanel } from "./preview-panel.tsx";
import { RowsSection } from "./rows-section.tsx";
import { SplitSection } from "./split-section.tsx";
import { useProof } from "./use-proof.ts";
import { useRowColumns } from "./use-row-columns.ts";
import { useStoredDraft } from "./use-stored-draft.ts";

interface BuilderProps {
  /** What the address asks for; without it, the stored draft is continued. */
  start: TrainingSetDraft | undefined;
  datasets: readonly string[];
  endpoints: readonly { id: string; name: string }[];
  views: readonly ViewOption[];
  services: readonly ServiceOption[];
  upload: { action: UploadAction; maxBytes: number; apiUrl: string; why: string | undefined };
  create: (input: CreateTrainingSet) => Promise<ActionState<{ id: string }>>;
  /** Reason why this user cannot create one. */
  why: string | undefined;
}

const cutoffs = [
  { value: "created", name: "Created", words: "known before the row time; default" },
  { value: "arrival", name: "Arrival", words: "could have been served" },
  { value: "event", name: "Event", words: "event time only, as Feast" },
  { value: "view", name: "By view", words: "what each view says" },
] as const;

/** Builds a training set: rows, features, cut-off, split and name at the left; the proof at the right, again after each change. */
export function TrainingSetBuilder(props: BuilderProps) {
  const { start, views, services, create, why, upload } = props;
  const router = useRouter();
  const modKey = useModKey();
  const storageKey = `leeway-training-set-draft:${useShell().workspaces.current.slug}`;
  const stored = useStoredDraft(start, storageKey);
  const { draft, change, savedAt, other } = stored;
  const [selected, setSelected] = useState(0);
  const [complains, setComplains] = useState(false);
  const isPhone = useMediaQuery("(max-width: 639px)") ?? false;
  const { state, busy, run } = useAction(create);
  const clipboard = useClipboard({ timeout: 2000 });

  const columns = useRowColumns(draft.dataset, draft.digest);
  const request = requestOf(draft, services);
  const isReady = request !== undefined;
  const proof = useProof(request);
  const isDataset = draft.rowsKind === "dataset";
  const checked = {
    label: !isDataset || draft.label !== null,
    labelTime: !isDataset || draft.labelTime !== null,
    split: draft.isSplitByTime ? isTimeSplitComplete(draft) : isDataset && draft.split !== null,
    frozenSets: draft.frozenSets.map(nameOfVersion),
  };
  const check = isReady ? proof.check.data : undefined;
  const lines = check ? leakLines(check, checked) : [];
  const failed = failedLeaks(lines);
  const input = toTrainingSet(draft, services, failed);
  const references = chosenReferences(draft, services);
  const preview = isReady ? proof.preview.data : undefined;
  const row = preview?.rows[selected] ?? preview?.rows[0];
  const labelName = isDataset ? draft.label : "label";

  function submit() {
    if (why !== undefined || isPhone) return;
    setComplains(true);
    const missing = input !== undefined && failed.length > (input.acknowledgedLeaks?.length ?? 0);
    if (!input || missing || input.name === "") {
      const split = draft.splitColumn.trim() === "" ? "[data-lw-split-column]" : "[data-lw-test-from]";
      const field = isReady && !input ? split : "[data-lw-name]";
      document
        .querySelector<HTMLElement>(missing ? "[data-lw-reason][aria-invalid], [data-lw-reason]" : field)
        ?.focus();
      return;
    }
    run(input, ({ id }) => {
      stored.deleteStored();
      toast.done(`Creating the training set ${input.name}.`);
      router.push(trainingSetHref(id));
    });
  }

  function discard() {
    stored.discard();
    setComplains(false);
  }

  const pressed = useEffectEvent((event: KeyboardEvent) => {
    // Lists of options stay in the document after they were closed.
    if (event.defaultPrevented || document.querySelector("[role=dialog], [aria-haspopup=listbox][aria-expanded=true]"))
      return;
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape") {
      if (stored.save()) toast.done("Draft saved.");
      router.push("/training-sets");
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => pressed(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);

  const rowCount = check?.rows ?? preview?.rowsTotal ?? null;
  const off = isPhone ? "needs a wider screen" : why;
  return (
    <>
      <PageHead
        help="feature-store#training-sets"
        title="Create training set"
        badges={<StatusBadge state="not-started">Draft</StatusBadge>}
        context={
          savedAt !== undefined && (
            <span>
              {draft.name.trim() && `${draft.name.trim()}; `}saved <RelativeTime at={savedAt} />
            </span>
          )
        }
        sentence={
          isReady
            ? `${rowCount === null ? "Rows" : plural(rowCount, "row")} with ${plural(references.length, "feature")}, ${knownAt(draft.cutoff)}. ${check && !proof.check.isStale ? describeLeaks(lines) : ""}`
            : "Choose rows and features. Each row gets the values known at its time."
        }
        actions={
          <>
            {off && <span className="lw-small lw-quiet">{off}</span>}
            {savedAt !== undefined && !isPhone && (
              <Button variant="default" onClick={discard}>
                Discard draft
              </Button>
            )}
            <Button
              variant="default"
              leftSection={<IconBrandPython size={15} stroke={1.8} aria-hidden="true" />}
              disabled={!input}
              onClick={() => input && clipboard.copy(pythonOf(input, upload.apiUrl))}
            >
              {clipboard.copied ? "Copied" : "Copy as Python"}
            </Button>
            <Button
              leftSection={<IconDatabasePlus size={15} stroke={1.8} aria-hidden="true" />}
              rightSection={<Keys keys={[modKey, "↵"]} />}
              disabled={off !== undefined || !isReady}
              aria-disabled={busy}
              onClick={submit}
            >
              {busy ? "Creating…" : "Create dataset version"}
            </Button>
          </>
        }
      />
      {other && !isPhone && (
        <StaleLine>
          Another draft{other.draft.name.trim() && `, ${other.draft.name.trim()},`} was saved{" "}
          <RelativeTime at={other.savedAt} />. Changes here are not saved until you choose one.{" "}
          <Button variant="default" size="compact-xs" onClick={stored.continueOther}>
            Continue that draft
          </Button>{" "}
          <Button variant="default" size="compact-xs" onClick={stored.replaceOther}>
            Replace it
          </Button>
        </StaleLine>
      )}
      <FormProblem state={state} />
      <div className={classes.columns}>
        <Panel className={classes.inputs} flush>
          <fieldset className={classes.form} aria-label="Training set" disabled={isPhone}>
            <Section number={1} title="Rows" right={rowCount === null ? "" : formatCount(rowCount)}>
              <RowsSection
                draft={draft}
                onChange={change}
                datasets={props.datasets}
                endpoints={props.endpoints}
                columns={columns}
                upload={upload}
              />
            </Section>
            <Section number={2} title="Features" right={describeChosen(references, views)}>
              <FeaturesSection draft={draft} onChange={change} views={views} services={services} />
            </Section>
            <Section number={3} title="Cut-off" right="which values count">
              <Radio.Group
                aria-label="Cut-off"
                value={draft.cutoff}
                onChange={(value) => change({ cutoff: value as TrainingSetDraft["cutoff"] })}
              >
                <div className={classes.cutoffs}>
                  {cutoffs.map(({ value, name, words }) => (
                    <Radio
                      size="xs"
                      value={value}
                      label={
                        <>
                          <strong>{name}</strong> {words}
                        </>
                      }
                      key={value}
                    />
                  ))}
                </div>
              </Radio.Group>
            </Section>
            <Section number={4} title="Split" right="and rows that must not overlap">
              <SplitSection
                draft={draft}
                columns={columns.levels}
                splits={check?.splits}
                complains={complains}
                onChange={change}
              />
              <FrozenSetsField
                frozenSets={draft.frozenSets}
                datasets={props.datasets}
                onChange={(frozenSets) => change({ frozenSets })}
              />
            </Section>
            <Section number={5} title="Dataset" right="the result becomes its next version">
              <TextInput
                aria-label="Name of the dataset"
                placeholder="card-fraud-train"
                value={draft.name}
                onChange={(event) => change({ name: event.currentTarget.value })}
                error={state.fieldErrors?.name ?? (complains && draft.name.trim() === "" ? "Enter a name." : undefined)}
                data-lw-name
              />
              <TextInput
                aria-label="Note"
                placeholder="Note, optional"
                value={draft.note}
                onChange={(event) => change({ note: event.currentTarget.value })}
                error={state.fieldErrors?.note}
                maxLength={2000}
              />
            </Section>
          </fieldset>
        </Panel>
        <Stack>
          <Panel
            title="Point-in-time join of one row"
            subtitle={row ? `row ${selected + 1}; log scale` : undefined}
            right={<PictureLegend />}
            flush
          >
            {preview && row && proof.preview.problem === undefined ? (
              <PointInTimePicture
                row={row}
                views={preview.views}
                label={
                  labelName === null
                    ? undefined
                    : {
                        name: labelName,
                        value: row.cells[preview.columns.findIndex(({ name }) => name === labelName)] ?? null,
                      }
                }
              />
            ) : (
              <EmptyState title="No row selected">
                Shows which value each view provides for one row, and which values arrived later.
              </EmptyState>
            )}
          </Panel>
          <PreviewPanel
            preview={preview}
            isStale={proof.preview.isStale}
            problem={proof.preview.problem}
            isReady={isReady}
            label={labelName}
            selected={selected}
            onSelect={setSelected}
          />
          <LeakCheckPanel
            check={check}
            lines={lines}
            isStale={proof.check.isStale}
            problem={proof.check.problem}
            isReady={isReady}
            reasons={draft.reasons}
            onReason={(key, reason) => change({ reasons: { ...draft.reasons, [key]: reason } })}
            complains={complains}
            disabled={isPhone}
          />
        </Stack>
      </div>
    </>
  );
}

function Section({
  number,
  title,
  right,
  children,
}: {
  number: number;
  title: string;
  right: string;
  children: ReactNode;
}) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.head}>
        <span className={classes.number} aria-hidden="true">
          {number}
        </span>
        <h2>{title}</h2>
        <span className="lw-small lw-muted">{right}</span>
      </div>
      {children}
    </section>
  );
}

function describeChosen(references: readonly string[], views: readonly ViewOption[]): string {
  if (references.length === 0) return "none chosen";
  const used = new Set(references.map((reference) => reference.split("@", 1)[0]));
  const all = views.reduce((sum, { current, versions }) => {
    return sum + (versions.find(({ version }) => version === current)?.features.length ?? 0);
  }, 0);
  return `${references.length} of ${all}, in ${plural(used.size, "view")}`;
}

function knownAt(cutoff: TrainingSetDraft["cutoff"]): string {
  switch (cutoff) {
    case "created":
      return "as known at the time of each row";
    case "arrival":
      return "as Leeway could have served them";
    case "event":
      return "by event time only";
    case "view":
      return "by the cut-off of each view";
  }
}
