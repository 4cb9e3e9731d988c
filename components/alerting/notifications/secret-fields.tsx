"use client";

import { Checkbox, PasswordInput } from "@mantine/core";
import type { ChannelKind } from "#server/alerting/notifications/contract.ts";
import { type ChannelDraft, keepsCallbackSecret } from "./channel-draft.ts";

const order = ["label", "input", "description", "error"] as ("label" | "input" | "description" | "error")[];

const secrets: Record<Exclude<ChannelKind, "email">, { label: string; description: string }> = {
  "slack-hook": { label: "Incoming webhook URL", description: "https://hooks.slack.com/services/…" },
  "slack-bot": { label: "Bot token", description: "Starts with xoxb- and needs the chat:write scope." },
  pagerduty: { label: "Routing key", description: "32 characters, from an Events API v2 integration." },
  webhook: {
    label: "Signing secret",
    description: "Signs every message so that the receiver can verify it comes from Leeway.",
  },
};

const token = {
  label: "Token",
  description: "Sent as Authorization: Bearer. For another Leeway, use a token with the alerts scope.",
};

interface SecretProps {
  draft: ChannelDraft;
  set: (change: Partial<ChannelDraft>) => void;
  error: string | undefined;
}

/** Edits the secret or address that the channel needs to reach its target. */
export function SecretField({ draft, set, error }: SecretProps) {
  if (draft.kind === "email") return null;
  const isToken = draft.kind === "webhook" && draft.authorization === "bearer";
  const { label, description } = isToken ? token : secrets[draft.kind];
  const isOfWebhook = draft.kind !== "webhook" || draft.storedAuthorization === draft.authorization;
  const isRetained = draft.hasSecret && draft.storedKind === draft.kind && isOfWebhook;
  return (
    <PasswordInput
      label={label}
      description={isRetained ? "Leave empty to keep the stored value." : description}
      inputWrapperOrder={order}
      autoComplete="off"
      value={draft.secret}
      onChange={(event) => set({ secret: event.currentTarget.value })}
      error={error}
    />
  );
}

/** Edits the secret that verifies that a request really comes from PagerDuty or Slack. */
export function CallbackFields({ draft, set, error }: SecretProps) {
  const isPager = draft.kind === "pagerduty";
  const isRetained = keepsCallbackSecret(draft);
  const hint = isPager
    ? "Optional: acknowledging in PagerDuty then also acknowledges here. The receiver's page shows the callback URL for a Generic Webhook (v3), which provides this secret."
    : "Optional: adds an Acknowledge button to messages. Find it under Basic Information of the Slack app; set the app's Interactivity URL to the one on the receiver's page.";
  return (
    <>
      <PasswordInput
        label={isPager ? "Webhook secret" : "App signing secret"}
        description={isRetained ? "Leave empty to keep the stored value." : hint}
        inputWrapperOrder={order}
        autoComplete="off"
        disabled={!draft.takesCallbacks}
        value={draft.callbackSecret}
        onChange={(event) => set({ callbackSecret: event.currentTarget.value })}
        error={error}
      />
      {isRetained && (
        <Checkbox
          label={`Sync acknowledgements from ${isPager ? "PagerDuty" : "Slack"}`}
          checked={draft.takesCallbacks}
          onChange={(event) => set({ takesCallbacks: event.currentTarget.checked })}
        />
      )}
    </>
  );
}
