"use client";

import { Checkbox, PasswordInput } from "@mantine/core";
import type { ChannelKind } from "#server/notifications/contract.ts";
import { type ChannelDraft, keepsAnswerSecret } from "./channel-draft.ts";

const order = ["label", "input", "description", "error"] as ("label" | "input" | "description" | "error")[];

const secrets: Record<Exclude<ChannelKind, "email">, { label: string; description: string }> = {
  "slack-hook": { label: "Address of the incoming webhook", description: "https://hooks.slack.com/services/…" },
  "slack-bot": { label: "Bot token", description: "Begins with xoxb- and has the scope chat:write." },
  pagerduty: { label: "Routing key", description: "32 characters, of an integration by the Events API v2." },
  webhook: {
    label: "Signing secret",
    description: "Signs every message, so that the receiver knows it is from Leeway.",
  },
};

const token = {
  label: "Token",
  description: "Sent as Authorization: Bearer. Of a Leeway, one with the scope alerts.",
};

interface SecretProps {
  draft: ChannelDraft;
  set: (change: Partial<ChannelDraft>) => void;
  error: string | undefined;
}

/** What a channel is reached by. */
export function SecretField({ draft, set, error }: SecretProps) {
  if (draft.kind === "email") return null;
  const isToken = draft.kind === "webhook" && draft.authorization === "bearer";
  const { label, description } = isToken ? token : secrets[draft.kind];
  const isOfWebhook = draft.kind !== "webhook" || draft.storedAuthorization === draft.authorization;
  const isKept = draft.hasSecret && draft.storedKind === draft.kind && isOfWebhook;
  return (
    <PasswordInput
      label={label}
      description={isKept ? "Leave empty to keep the one that is stored." : description}
      inputWrapperOrder={order}
      autoComplete="off"
      value={draft.secret}
      onChange={(event) => set({ secret: event.currentTarget.value })}
      error={error}
    />
  );
}

/** By what is known that something done in PagerDuty or Slack was done there. */
export function AnswerFields({ draft, set, error }: SecretProps) {
  const isPager = draft.kind === "pagerduty";
  const isKept = keepsAnswerSecret(draft);
  const hint = isPager
    ? "Optional: who acknowledges there has it here, too. The receiver's page shows the address for a Generic Webhook (v3), which gives this secret."
    : "Optional: puts the button Acknowledge into messages. It stands under Basic Information of the app, whose interactivity needs the address on the receiver's page.";
  return (
    <>
      <PasswordInput
        label={isPager ? "Secret of the webhook" : "Signing secret of the app"}
        description={isKept ? "Leave empty to keep the one that is stored." : hint}
        inputWrapperOrder={order}
        autoComplete="off"
        disabled={!draft.takesAnswers}
        value={draft.answerSecret}
        onChange={(event) => set({ answerSecret: event.currentTarget.value })}
        error={error}
      />
      {isKept && (
        <Checkbox
          label={`Take what is acknowledged in ${isPager ? "PagerDuty" : "Slack"}`}
          checked={draft.takesAnswers}
          onChange={(event) => set({ takesAnswers: event.currentTarget.checked })}
        />
      )}
    </>
  );
}
