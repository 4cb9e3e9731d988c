"use client";

import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import dialog from "#components/ui/dialog.module.css";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { InstallTemplate, ReadyTemplateInfo } from "#server/improve/training/templates/ready/contract.ts";
import { templateHref } from "../addresses.ts";
import { installedAs, readInstallDraft } from "./install-draft.ts";
import classes from "./templates.module.css";

interface ReadyTemplatesProps {
  ready: readonly ReadyTemplateInfo[];
  /** Names of the templates that there are. */
  templates: readonly string[];
  engines: readonly string[];
  /** Models with a version, and the number of their newest one. */
  models: readonly { name: string; version: number }[];
  install: (input: InstallTemplate) => Promise<ActionState<{ name: string; revision: number }>>;
  why: string | undefined;
}

/** Lists the templates that come with Leeway, with what each was installed as, and installs them. */
export function ReadyTemplates({ ready, templates, engines, models, install, why }: ReadyTemplatesProps) {
  const [chosen, setChosen] = useState<ReadyTemplateInfo>();
  return (
    <Panel title="Ready templates" subtitle="with their scripts; their imports must be installed on the engine" flush>
      <ul className={classes.ready} aria-label="Ready templates">
        {ready.map((each) => {
          const installed = installedAs(each.name, templates);
          return (
            <li key={each.id}>
              <div>
                <strong>{each.name}</strong>
                <p className="lw-small lw-muted">{each.description}</p>
                {installed.length > 0 && (
                  <p className="lw-small">
                    Installed as{" "}
                    {installed.map((name, at) => (
                      <span key={name}>
                        {at > 0 && ", "}
                        <Link href={templateHref(name)}>{name}</Link>
                      </span>
                    ))}
                  </p>
                )}
              </div>
              <Button
                variant="default"
                disabled={why !== undefined}
                title={why}
                aria-label={`Install ${each.name}…`}
                onClick={() => setChosen(each)}
              >
                Install…
              </Button>
            </li>
          );
        })}
      </ul>
      <Modal
        opened={chosen !== undefined}
        onClose={() => setChosen(undefined)}
        title={`Install ${chosen?.name}`}
        size={480}
      >
        {chosen && (
          <Body
            key={chosen.id}
            ready={chosen}
            engines={engines}
            models={models}
            install={install}
            onClose={() => setChosen(undefined)}
          />
        )}
      </Modal>
    </Panel>
  );
}

type BodyProps = Pick<ReadyTemplatesProps, "engines" | "models" | "install"> & {
  ready: ReadyTemplateInfo;
  onClose: () => void;
};

function Body({ ready, engines, models, install, onClose }: BodyProps) {
  const router = useRouter();
  const { state, busy, run, reset } = useAction(install);
  const [draft, setDraft] = useState({
    name: "",
    engine: engines.length === 1 ? (engines[0] ?? "") : "",
    model: ready.source === "required" ? (models[0]?.name ?? "") : "",
    version: ready.source === "required" ? String(models[0]?.version ?? "") : "",
    registerAs: "",
  });
  const complaints = state.fieldErrors ?? {};
  const set = (part: Partial<typeof draft>) => {
    reset();
    setDraft({ ...draft, ...part });
  };
  const text = (field: "name" | "version" | "registerAs") => ({
    value: draft[field],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => set({ [field]: event.currentTarget.value }),
    autoComplete: "off",
  });
  const isUnsupplied = ready.source === "required" && models.length === 0;

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    run(readInstallDraft(ready.id, draft), ({ name, revision }) => {
      toast.done(revision === 1 ? `Installed ${name}.` : `Installed revision ${revision} of ${name}.`);
      onClose();
      router.push(templateHref(name));
    });
  }

  return (
    <form className={dialog.body} onSubmit={submit}>
      <FormProblem state={state} />
      {isUnsupplied && <p>Requires a model version, and there is none yet.</p>}
      {ready.source !== "none" && models.length > 0 && (
        <>
          <NativeSelect
            label="Model"
            description={ready.source === "required" ? "Model version" : "None: trains a large model first"}
            data={[
              ...(ready.source === "optional" ? [{ value: "", label: "none" }] : []),
              ...models.map(({ name }) => ({ value: name, label: name })),
            ]}
            value={draft.model}
            error={complaints.source}
            onChange={(event) => {
              const model = event.currentTarget.value;
              set({ model, version: String(models.find(({ name }) => name === model)?.version ?? "") });
            }}
          />
          {draft.model !== "" && (
            <TextInput
              label="Version"
              description="With an ONNX file, which is added to the package"
              inputMode="numeric"
              error={complaints["source.version"]}
              {...text("version")}
            />
          )}
        </>
      )}
      <TextInput
        label="Name"
        description={`Empty: “${ready.name}${draft.model === "" ? "" : `: ${draft.model} ${draft.version}`}”`}
        error={complaints.name}
        maxLength={200}
        {...text("name")}
      />
      <NativeSelect
        label="Engine"
        data={[{ value: "", label: "chosen at the submit" }, ...engines]}
        value={draft.engine}
        error={complaints.engine}
        onChange={(event) => set({ engine: event.currentTarget.value })}
      />
      <TextInput
        label="Registers a version of"
        description={draft.model === "" ? "If empty, nothing is registered" : `Empty: ${draft.model}`}
        error={complaints.registerAs}
        maxLength={200}
        {...text("registerAs")}
      />
      <div className={dialog.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={isUnsupplied} aria-disabled={busy}>
          {busy ? "Installing…" : "Install"}
        </Button>
      </div>
    </form>
  );
}
