"use client";

import { Button, MultiSelect, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useCallback, useEffect, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Keys } from "#components/ui/key-hint.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import { Panel } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type {
  DefineFeatureEntity,
  DefineFeatureView,
  DefineViewSource,
  FeatureType,
  ViewPreview,
} from "#server/develop/features/contract.ts";
import { featureViewHref } from "../../addresses/feature-view-href.ts";
import { type CheckCel, ExpressionRows } from "./expression-rows.tsx";
import { FeatureRows } from "./feature-rows.tsx";
import { InputRows } from "./input-rows.tsx";
import { NewEntity } from "./new-entity.tsx";
import { NewSource } from "./new-source.tsx";
import { PreviewPanel } from "./preview-panel.tsx";
import { columnsOf, definitionOf, type EntityChoice, type TtlUnit, ttlUnits, type ViewDraft } from "./view-draft.ts";
import classes from "./view-form.module.css";

interface ViewFormProps {
  initial: ViewDraft;
  /** Whether the view exists, so that its name cannot change. */
  exists: boolean;
  entities: EntityChoice[];
  sources: string[];
  /** Types of features of other views, by reference: { "driver_stats:trips": "int64" }. */
  types: Record<string, FeatureType>;
  save: (input: DefineFeatureView) => Promise<ActionState<{ name: string; version: number }>>;
  preview: (input: DefineFeatureView) => Promise<ActionState<ViewPreview>>;
  check: CheckCel;
  createEntity: (input: DefineFeatureEntity) => Promise<ActionState<EntityChoice>>;
  createSource: (input: DefineViewSource) => Promise<ActionState<{ name: string }>>;
}

const newSource = "\u0000new";

/** Renders the form that creates a feature view or its next version, with what saving would do beside it. */
export function ViewForm(props: ViewFormProps) {
  const { exists, save, types } = props;
  const router = useRouter();
  const modKey = useModKey();
  const [draft, setDraft] = useState(props.initial);
  const [entities, setEntities] = useState(props.entities);
  const [sources, setSources] = useState(props.sources);
  const [adds, setAdds] = useState<"entity" | "source">();
  const [reason, setReason] = useState("");
  const [showsComplaints, setShowsComplaints] = useState(false);
  const { state, busy, run, reset } = useAction(save);
  const { definition, complaints: own } = definitionOf(draft);
  const complaints = { ...(showsComplaints ? own : {}), ...state.fieldErrors };
  const hasComplaints = Object.keys(own).length > 0;
  const hint = hintOf(definition, hasComplaints);
  const { preview, problem } = usePreview(props.preview, hint === undefined ? definition : undefined);
  const needsReason = (preview?.breaks.length ?? 0) > 0;
  const change = useCallback(
    (part: Partial<ViewDraft>) => {
      reset();
      setDraft((before) => ({ ...before, ...part }));
    },
    [reset],
  );

  function submit(event?: SubmitEvent<HTMLFormElement>) {
    event?.preventDefault();
    setShowsComplaints(true);
    if (hasComplaints) return;
    const force = needsReason && reason.trim() !== "" ? { force: reason.trim() } : {};
    run({ ...definition, ...force }, ({ name, version }) => {
      toast.done(exists ? `Saved ${name}; version ${version} is in effect.` : `Created ${name}.`);
      router.push(featureViewHref(name));
    });
  }

  return (
    <form
      className={classes.layout}
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
        event.preventDefault();
        submit();
      }}
      aria-label={exists ? `Edit ${draft.name}` : "Create a feature view"}
    >
      <div className={classes.main}>
        <FormProblem state={state} />
        <Panel title="View">
          <div className={classes.fields}>
            <div className={classes.row}>
              <TextInput
                label="Name"
                placeholder="driver_stats"
                value={draft.name}
                disabled={exists}
                error={complaints.name}
                onChange={(event) => change({ name: event.currentTarget.value })}
                autoComplete="off"
                spellCheck={false}
              />
              <TextInput
                label="Owner"
                value={draft.owner}
                onChange={(event) => change({ owner: event.currentTarget.value })}
                autoComplete="off"
              />
            </div>
            <Textarea
              label="Description"
              value={draft.description}
              onChange={(event) => change({ description: event.currentTarget.value })}
              autosize
              minRows={1}
              maxRows={4}
            />
            <div className={classes.row}>
              <MultiSelect
                label="Entities"
                description="Their join keys identify a row. Without entities, the view has one row."
                data={entities.map(({ name, joinKey, type }) => ({
                  value: name,
                  label: `${name} (${joinKey}, ${type})`,
                }))}
                value={draft.entities}
                error={complaints.entities}
                onChange={(chosen) => change({ entities: chosen })}
                searchable
              />
              <NativeSelect
                label="Source"
                description="Source of its rows."
                data={[
                  { value: "", label: "Rows pushed under the view’s name" },
                  ...sources.map((name) => ({ value: name, label: name })),
                  { value: newSource, label: "Create push source…" },
                ]}
                value={draft.source}
                error={complaints.source}
                onChange={(event) => {
                  const { value } = event.currentTarget;
                  if (value === newSource) setAdds("source");
                  else change({ source: value });
                }}
              />
            </div>
            {adds === "entity" ? (
              <NewEntity
                save={props.createEntity}
                onCancel={() => setAdds(undefined)}
                onDone={(entity) => {
                  setAdds(undefined);
                  setEntities([...entities.filter(({ name }) => name !== entity.name), entity]);
                  change({ entities: [...new Set([...draft.entities, entity.name])] });
                }}
              />
            ) : (
              <div>
                <Button variant="default" size="xs" onClick={() => setAdds("entity")}>
                  Create entity…
                </Button>
              </div>
            )}
            {adds === "source" && (
              <NewSource
                save={props.createSource}
                onCancel={() => setAdds(undefined)}
                onDone={(name) => {
                  setAdds(undefined);
                  setSources([...new Set([...sources, name])]);
                  change({ source: name });
                }}
              />
            )}
          </div>
        </Panel>
        <Panel title="Freshness and history">
          <div className={classes.row}>
            <div className={classes.limit}>
              <TextInput
                label="Max age (TTL)"
                placeholder="no limit"
                inputMode="decimal"
                value={draft.ttl}
                error={complaints.ttl}
                onChange={(event) => change({ ttl: event.currentTarget.value })}
              />
              <NativeSelect
                aria-label="Unit of the limit"
                data={Object.keys(ttlUnits)}
                value={draft.ttlUnit}
                onChange={(event) => change({ ttlUnit: event.currentTarget.value as TtlUnit })}
              />
            </div>
            <NativeSelect
              label="Older values"
              data={[
                { value: "null", label: "are withheld" },
                { value: "serve", label: "are served with their status" },
              ]}
              value={draft.stale}
              onChange={(event) => change({ stale: event.currentTarget.value as ViewDraft["stale"] })}
            />
            <NativeSelect
              label="Training sets use"
              data={[
                { value: "created", label: "what was known" },
                { value: "arrival", label: "what had arrived" },
                { value: "event", label: "all that was true then" },
              ]}
              value={draft.cutoff}
              onChange={(event) => change({ cutoff: event.currentTarget.value as ViewDraft["cutoff"] })}
            />
            <NativeSelect
              label="Look-ups"
              data={[
                { value: "online", label: "find its rows" },
                { value: "offline", label: "do not: history only" },
              ]}
              value={draft.isOnline ? "online" : "offline"}
              onChange={(event) => change({ isOnline: event.currentTarget.value === "online" })}
            />
          </div>
        </Panel>
        <Panel title="Features" subtitle="rules are checked when a row arrives" flush>
          <FeatureRows
            features={draft.features}
            complaints={complaints}
            onChange={(features) => change({ features })}
          />
        </Panel>
        <Panel title="Expressions" subtitle="computed by Leeway from other features" flush>
          <ExpressionRows
            expressions={draft.expressions}
            complaints={complaints}
            columnsOf={(expression) => columnsOf(draft, expression, { entities, types })}
            check={props.check}
            onChange={(expressions) => change({ expressions })}
          />
        </Panel>
        <Panel title="Request inputs" subtitle="values sent with a look-up, for expressions at look-up" flush>
          <InputRows inputs={draft.inputs} onChange={(inputs) => change({ inputs })} />
        </Panel>
      </div>
      <div className={classes.side}>
        <PreviewPanel
          preview={preview}
          problem={problem}
          hint={hint ?? "Comparing with the current version…"}
          reason={reason}
          onReason={setReason}
        />
        <div className={classes.buttons}>
          <ButtonLink variant="default" href={exists ? featureViewHref(draft.name) : "/features"}>
            Cancel
          </ButtonLink>
          <Button
            type="submit"
            data-danger={needsReason || undefined}
            disabled={needsReason && reason.trim() === ""}
            aria-disabled={busy}
            rightSection={<Keys keys={[modKey, "↵"]} />}
          >
            {busy ? "Saving…" : saveLabel(exists, preview, needsReason)}
          </Button>
        </div>
      </div>
    </form>
  );
}

function saveLabel(exists: boolean, preview: ViewPreview | undefined, needsReason: boolean): string {
  if (!exists) return "Create view";
  if (preview?.outcome !== "new-version") return "Save";
  return needsReason ? `Force version ${preview.version}` : `Create version ${preview.version}`;
}

/** Says what is missing before a definition can be previewed; undefined if nothing is. */
function hintOf({ name, features, expressions = [] }: DefineFeatureView, hasComplaints: boolean): string | undefined {
  const named = [...features, ...expressions];
  const isComplete = name !== "" && named.length > 0 && named.every((one) => one.name !== "");
  if (!isComplete) return "Enter a name and at least one feature.";
  return hasComplaints ? "Fix the limits and inputs first." : undefined;
}

const delayMs = 400;

/** Previews a definition once it has not changed for a moment; undefined while it is incomplete. */
function usePreview(
  preview: ViewFormProps["preview"],
  definition: DefineFeatureView | undefined,
): { preview: ViewPreview | undefined; problem: string | undefined } {
  const [result, setResult] = useState<ActionState<ViewPreview>>();
  const of = definition && JSON.stringify(definition);
  useEffect(() => {
    setResult(undefined);
    if (of === undefined) return undefined;
    let isCurrent = true;
    const timer = setTimeout(async () => {
      // Without an answer nothing is said; saving decides.
      const answer = await preview(JSON.parse(of) as DefineFeatureView).catch(() => undefined);
      if (isCurrent) setResult(answer);
    }, delayMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [of, preview]);
  if (!result) return { preview: undefined, problem: undefined };
  if (result.ok) return { preview: result.data, problem: undefined };
  return { preview: undefined, problem: result.error ?? Object.values(result.fieldErrors ?? {})[0] };
}
