"use client";

import { Button, ModalTitle, Textarea } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "#components/ui/use-action.ts";
import type { ImportResult } from "#server/watch/slo/exchange/contract.ts";
import classes from "./open-slo.module.css";
import type { OpenSloButtonProps } from "./open-slo-button.tsx";

/** Renders the field for a file, its check and its import. */
export function OpenSloForm({ importFile, why, onClose }: OpenSloButtonProps & { onClose: () => void }) {
  const router = useRouter();
  const [yaml, setYaml] = useState("");
  const { state, busy, run, reset } = useAction(importFile);
  const result = state.ok ? state.data : undefined;
  const isChecked = result?.isDryRun && result.slos.every(({ problem }) => problem === null);

  function send(isDryRun: boolean) {
    run({ yaml, isDryRun }, (done) => {
      if (done.isDryRun) return;
      router.refresh();
      onClose();
    });
  }

  return (
    <div className={classes.body}>
      <div>
        <ModalTitle fz={15} fw={600}>
          SLOs as OpenSLO v1
        </ModalTitle>
        <p className="lw-muted">
          Reads OpenSLO v1, Sloth and Pyrra files. Fields that Leeway does not support are kept and exported again.{" "}
          <a href="/api/v1/openslo" download="slos.yaml">
            Export all as YAML
          </a>
        </p>
      </div>
      <Textarea
        data-autofocus
        label="File"
        classNames={{ input: classes.file ?? "" }}
        autosize
        minRows={8}
        maxRows={18}
        value={yaml}
        placeholder="apiVersion: openslo/v1"
        disabled={Boolean(why)}
        error={state.fieldErrors?.yaml ?? (state.ok ? undefined : state.error)}
        onChange={(event) => {
          setYaml(event.currentTarget.value);
          reset();
        }}
      />
      {result && <ImportOutcome result={result} />}
      <div className={classes.foot}>
        {why && <span className="lw-small lw-quiet">{why}</span>}
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        {isChecked ? (
          <Button aria-disabled={busy} onClick={() => send(false)}>
            {busy ? "Saving…" : "Import"}
          </Button>
        ) : (
          <Button disabled={Boolean(why) || yaml.trim() === ""} aria-disabled={busy} onClick={() => send(true)}>
            {busy ? "Reading…" : "Validate file"}
          </Button>
        )}
      </div>
    </div>
  );
}

const actionLabels = {
  create: "will be created",
  restore: "will be restored",
  change: "will be updated",
  keep: "unchanged",
};

function ImportOutcome({ result }: { result: ImportResult }) {
  return (
    <ul className={classes.answer} aria-label="Import preview" aria-live="polite">
      {result.warnings.map((warning) => (
        <li key={warning} data-warning>
          {warning}
        </li>
      ))}
      {result.slos.map(({ name, action, problem, warnings, missing }) => (
        <li key={name}>
          <strong>{name}</strong>{" "}
          {problem ? <span className={classes.problem}>cannot be imported: {problem}</span> : actionLabels[action]}
          {!problem && missing.length > 0 && <span className="lw-quiet">, missing {missing.join(" and ")}</span>}
          {warnings.map((warning) => (
            <p className="lw-small lw-quiet" key={warning}>
              {warning}
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}
