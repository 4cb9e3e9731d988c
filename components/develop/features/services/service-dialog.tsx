"use client";

import { Button, Modal, MultiSelect, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, type SubmitEvent, useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { DefineFeatureService, FeatureService } from "#server/develop/features/contract.ts";
import { featureServiceHref } from "../../addresses/feature-service-href.ts";
import {
  movedTo,
  nextProjection,
  type ProjectionDraft,
  toProjectionDrafts,
  toService,
  type ViewChoice,
  versionOfDraft,
} from "./service-draft.ts";
import classes from "./services.module.css";

interface ServiceDialogProps {
  /** Service to edit; without it, the dialog creates one. */
  service?: FeatureService;
  views: readonly ViewChoice[];
  save: (input: DefineFeatureService & { isNew: boolean }) => Promise<ActionState<unknown>>;
  /** Reason why the button is disabled. */
  why: string | undefined;
}

/** Renders the button and the dialog that create or edit a feature service. */
export function ServiceDialog(props: ServiceDialogProps) {
  const { service, why } = props;
  const [opened, setOpened] = useState(false);
  return (
    <>
      {why && <span className="lw-small lw-quiet">{why}</span>}
      <Button
        {...(service && { variant: "default" })}
        {...(!service && { leftSection: <IconPlus size={15} stroke={1.8} aria-hidden="true" /> })}
        disabled={why !== undefined}
        onClick={() => setOpened(true)}
      >
        {service ? "Edit…" : "Create service…"}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={service ? `Edit ${service.name}` : "New feature service"}
        size={760}
        yOffset="8vh"
      >
        {opened && <ServiceForm {...props} onDone={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

function ServiceForm({ service, views, save, onDone }: ServiceDialogProps & { onDone: () => void }) {
  const router = useRouter();
  const refresh = useRefresh();
  const { state, busy, run } = useAction(save);
  const [name, setName] = useState(service?.name ?? "");
  const [description, setDescription] = useState(service?.description ?? "");
  const [drafts, setDrafts] = useState(() =>
    service ? toProjectionDrafts(service.projections) : views.length > 0 ? [nextProjection([], views)] : [],
  );
  const complaints = state.fieldErrors ?? {};
  const other = Object.entries(complaints).find(([field]) => field !== "name" && field !== "description")?.[1];

  function submit(event?: SubmitEvent<HTMLFormElement>) {
    event?.preventDefault();
    const input = toService({ name, description, projections: drafts }, service);
    run({ ...input, isNew: !service }, () => {
      toast.done(`Feature service ${input.name} saved.`);
      onDone();
      if (service) void refresh();
      else router.push(featureServiceHref(input.name));
    });
  }
  function submitByKey(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit();
  }

  return (
    <form className={dialog.body} onSubmit={submit} onKeyDown={submitByKey}>
      <FormProblem state={other === undefined ? state : { ok: false, error: other }} />
      {!service && (
        <TextInput
          label="Name"
          description="Models, training sets and Feast clients name the service by it."
          placeholder="card_fraud_v31"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={complaints.name}
          data-autofocus
        />
      )}
      <Textarea
        label="Description"
        rows={2}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
        error={complaints.description}
      />
      {drafts.map((draft, index) => (
        <ProjectionFields
          draft={draft}
          label={`View ${index + 1}`}
          views={views}
          onChange={(next) => setDrafts(drafts.map((each) => (each.key === next.key ? next : each)))}
          onRemove={() => setDrafts(drafts.filter(({ key }) => key !== draft.key))}
          key={draft.key}
        />
      ))}
      {views.length === 0 && <p className="lw-muted">No feature views yet. Define a view first.</p>}
      <div className={classes.foot}>
        <Button
          variant="default"
          leftSection={<IconPlus size={13} stroke={1.9} aria-hidden="true" />}
          disabled={views.length === 0}
          onClick={() => setDrafts([...drafts, nextProjection(drafts, views)])}
        >
          Add view
        </Button>
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" aria-disabled={busy}>
            {busy ? "Saving…" : service ? "Save service" : "Create service"}
          </Button>
        </div>
      </div>
    </form>
  );
}

interface ProjectionFieldsProps {
  draft: ProjectionDraft;
  label: string;
  views: readonly ViewChoice[];
  onChange: (draft: ProjectionDraft) => void;
  onRemove: () => void;
}

function ProjectionFields({ draft, label, views, onChange, onRemove }: ProjectionFieldsProps) {
  const choice = views.find(({ name }) => name === draft.view);
  const found = versionOfDraft(draft, views);
  const move = (to: Pick<ProjectionDraft, "view" | "version">) => onChange(movedTo(draft, to, views));
  const isUnknown = !choice && draft.view !== "";
  return (
    <fieldset className={classes.projection}>
      <legend>{label}</legend>
      <div className={classes.fields}>
        <NativeSelect
          label="View"
          data={[...(isUnknown ? [draft.view] : []), ...views.map(({ name }) => name)]}
          value={draft.view}
          onChange={(event) => move({ view: event.currentTarget.value, version: null })}
        />
        <NativeSelect
          label="Version"
          data={[
            {
              value: "",
              label: choice ? `Follow the current version, now v${choice.current}` : "Follow the current version",
            },
            ...(choice?.versions ?? []).map(({ version }) => ({
              value: String(version),
              label: `v${version}, pinned`,
            })),
          ]}
          value={draft.version === null ? "" : String(draft.version)}
          onChange={({ currentTarget: { value } }) =>
            move({ view: draft.view, version: value === "" ? null : Number(value) })
          }
        />
        <TextInput
          label="Alias"
          description="Replaces the view's name in full feature names"
          value={draft.alias}
          onChange={(event) => onChange({ ...draft, alias: event.currentTarget.value })}
        />
        {(found?.joinKeys ?? []).map((joinKey) => (
          <TextInput
            label={`Column with ${joinKey}`}
            description="In requests and rows"
            placeholder={joinKey}
            value={draft.joinKeys[joinKey] ?? ""}
            onChange={(event) =>
              onChange({ ...draft, joinKeys: { ...draft.joinKeys, [joinKey]: event.currentTarget.value } })
            }
            key={joinKey}
          />
        ))}
      </div>
      <MultiSelect
        label="Features"
        placeholder={draft.features.length === 0 ? "all features" : undefined}
        data={found?.features ?? draft.features}
        value={draft.features}
        onChange={(features) => onChange({ ...draft, features })}
        searchable
      />
      <button className={classes.remove} type="button" aria-label={`Remove ${draft.view || label}`} onClick={onRemove}>
        <IconX size={14} stroke={1.8} aria-hidden="true" />
      </button>
    </fieldset>
  );
}
