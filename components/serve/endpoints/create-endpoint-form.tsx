"use client";

import { Button, ModalTitle, NumberInput, Textarea, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type FormEvent, useState, useTransition } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import type { CreateEndpoint as Input } from "#server/serve/endpoints/contract.ts";
import { endpointHref } from "./addresses.ts";
import classes from "./create-endpoint.module.css";

export interface CreateEndpointFormProps {
  create: (input: Input) => Promise<ActionState<{ name: string }>>;
  /** Base URL for requests: "http://localhost:8080". */
  gatewayUrl: string;
  onClose: () => void;
}

/** Renders the form that creates an endpoint. */
export function CreateEndpointForm({ create, gatewayUrl, onClose }: CreateEndpointFormProps) {
  const router = useRouter();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [capturePercent, setCapturePercent] = useState<number | string>(10);
  const [result, setResult] = useState<ActionState<{ name: string }>>();
  const [busy, start] = useTransition();

  function submit(event: FormEvent) {
    event.preventDefault();
    start(async () => {
      const state = await create({ name: name.trim(), description, captureShare: Number(capturePercent) / 100 });
      setResult(state);
      if (state.ok && state.data) router.push(endpointHref(state.data.name));
    });
  }

  return (
    <form className={classes.form} onSubmit={submit}>
      <div>
        <ModalTitle className={classes.title}>Create endpoint</ModalTitle>
        <p className="lw-muted">An endpoint has a stable URL. You can change the version it serves at any time.</p>
      </div>
      <TextInput
        data-autofocus
        label="Name"
        placeholder="parcel-damage"
        value={name}
        maxLength={128}
        onChange={(event) => setName(event.currentTarget.value)}
        error={result?.fieldErrors?.name}
        description={
          <span className="lw-mono">
            POST {gatewayUrl}/v2/models/{name.trim() || "name"}/infer
          </span>
        }
        inputWrapperOrder={["label", "input", "description", "error"]}
      />
      <Textarea
        label="Purpose"
        rows={2}
        value={description}
        maxLength={2000}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <NumberInput
        label="Sampling rate of the prediction log"
        description="Failed requests are always logged."
        inputWrapperOrder={["label", "input", "description", "error"]}
        suffix="%"
        min={0}
        max={100}
        decimalScale={2}
        hideControls
        value={capturePercent}
        onChange={setCapturePercent}
        error={result?.fieldErrors?.captureShare && "Enter a value from 0 to 100."}
      />
      {result?.error && (
        <p className={classes.error} role="alert">
          {result.error}
        </p>
      )}
      <div className={classes.foot}>
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Creating…" : "Create endpoint"}
        </Button>
      </div>
    </form>
  );
}
