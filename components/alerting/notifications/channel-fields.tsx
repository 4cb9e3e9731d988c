"use client";

import { Button, Checkbox, NumberInput, Select, TagsInput, TextInput } from "@mantine/core";
import { isCallbackKind } from "#server/alerting/notifications/callbacks/contract.ts";
import { type ChannelKind, channelKinds } from "#server/alerting/notifications/contract.ts";
import type { ChannelDraft } from "./channel-draft.ts";
import { kindLabels } from "./channel-labels.ts";
import classes from "./notifications.module.css";
import { CallbackFields, SecretField } from "./secret-fields.tsx";

interface ChannelFieldsProps {
  draft: ChannelDraft;
  /** Index of the channel in the receiver; prefix of the keys of its error messages. */
  index: number;
  complaints: Record<string, string>;
  onChange: (draft: ChannelDraft) => void;
  onRemove: () => void;
}

const order = ["label", "input", "description", "error"] as ("label" | "input" | "description" | "error")[];
const kinds = channelKinds.map((value) => ({ value, label: kindLabels[value] }));

/** Renders the fields of one channel of a receiver, by its kind. */
export function ChannelFields({ draft, index, complaints, onChange, onRemove }: ChannelFieldsProps) {
  const set = (change: Partial<ChannelDraft>) => onChange({ ...draft, ...change });
  const complaint = (field: string) => complaintAt(complaints, `channels.${index}.${field}`);
  return (
    <fieldset className={classes.channel}>
      <legend className={classes.legend}>Channel {index + 1}</legend>
      <Select
        label="Kind"
        data={kinds}
        value={draft.kind}
        allowDeselect={false}
        onChange={(kind) => kind && set({ kind: kind as ChannelKind, sendsResolved: kind !== "email" })}
      />
      <KindFields draft={draft} set={set} complaint={complaint} />
      {draft.kind !== "email" && <SecretField draft={draft} set={set} error={complaint("secret")} />}
      {isCallbackKind(draft.kind) && <CallbackFields draft={draft} set={set} error={complaint("callbackSecret")} />}
      <NumberInput
        label="Max messages per hour"
        description="Pages are always sent; other messages above the limit are summarised in a digest."
        inputWrapperOrder={order}
        min={1}
        max={3600}
        value={draft.maxPerHour}
        onChange={(value) => set({ maxPerHour: Number(value) || 1 })}
        error={complaint("settings.maxPerHour")}
      />
      <div className={classes.choices}>
        <Checkbox
          label="Notify when resolved"
          checked={draft.sendsResolved}
          onChange={(event) => set({ sendsResolved: event.currentTarget.checked })}
        />
        <Checkbox
          label="Enabled"
          checked={draft.isEnabled}
          onChange={(event) => set({ isEnabled: event.currentTarget.checked })}
        />
        <Button size="xs" variant="default" onClick={onRemove}>
          Remove channel {index + 1}
        </Button>
      </div>
    </fieldset>
  );
}

interface PartProps {
  draft: ChannelDraft;
  set: (change: Partial<ChannelDraft>) => void;
  complaint: (field: string) => string | undefined;
}

function KindFields({ draft, set, complaint }: PartProps) {
  switch (draft.kind) {
    case "slack-hook":
      return null;
    case "slack-bot":
      return (
        <TextInput
          label="Slack channel"
          description="Channel name or ID. The bot must be a member; it posts one message per alert group and updates it."
          inputWrapperOrder={order}
          placeholder="#ml-on-call"
          value={draft.slackChannel}
          onChange={(event) => set({ slackChannel: event.currentTarget.value })}
          error={complaint("settings.channel")}
        />
      );
    case "pagerduty":
      return (
        <>
          <Select
            label="Incidents"
            data={[
              { value: "group", label: "One per alert group" },
              { value: "alert", label: "One per alert" },
            ]}
            value={draft.per}
            allowDeselect={false}
            onChange={(per) => set({ per: per === "alert" ? "alert" : "group" })}
          />
          <Checkbox
            label="Send rollout steps as change events, which do not page anyone"
            checked={draft.sendsChanges}
            onChange={(event) => set({ sendsChanges: event.currentTarget.checked })}
          />
        </>
      );
    case "email":
      return (
        <TagsInput
          label="API endpoints"
          description="Press Enter after each address. Messages of one group form a thread."
          inputWrapperOrder={order}
          value={draft.to}
          onChange={(to) => set({ to })}
          error={complaint("settings.to")}
        />
      );
    case "webhook":
      return (
        <>
          <TextInput
            label="Address"
            description="Receives Alertmanager webhooks, version 4."
            inputWrapperOrder={order}
            type="url"
            placeholder="https://tickets.example.org/alerts"
            value={draft.url}
            onChange={(event) => set({ url: event.currentTarget.value })}
            error={complaint("settings.url")}
          />
          <Select
            label="Authentication"
            data={[
              { value: "signature", label: "Signature on every message" },
              { value: "bearer", label: "Bearer token, for example for another Leeway" },
            ]}
            value={draft.authorization}
            allowDeselect={false}
            onChange={(value) => set({ authorization: value === "bearer" ? "bearer" : "signature" })}
          />
          <NumberInput
            label="Max alerts per message"
            description="0 sends all alerts."
            inputWrapperOrder={order}
            min={0}
            max={10_000}
            value={draft.maxAlerts}
            onChange={(value) => set({ maxAlerts: Number(value) || 0 })}
            error={complaint("settings.maxAlerts")}
          />
        </>
      );
  }
}

/** Returns the error message of a field or of an element of it, such as one of several email addresses. */
function complaintAt(complaints: Record<string, string>, field: string): string | undefined {
  return complaints[field] ?? Object.entries(complaints).find(([name]) => name.startsWith(`${field}.`))?.[1];
}
