"use client";

import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { ContactMethod, ContactMethods, SetContactMethods } from "#server/platform/teams/people/contract.ts";
import classes from "../schedules/schedule-form.module.css";

interface ContactFormProps {
  value: ContactMethods;
  /** Email address of the account, used without another contact method. */
  email: string;
  zones: string[];
  /** Channels of receivers: a bot that can message a user, or a personal channel. */
  channels: { id: string; label: string; isBot: boolean }[];
  save: (input: SetContactMethods) => Promise<ActionState<unknown>>;
}

/** Edits the user's contact methods for pages, all used simultaneously, and the user's time zone. */
export function ContactForm({ value, email, zones, channels, save }: ContactFormProps) {
  const { state, busy, run } = useAction(save);
  const [methods, setMethods] = useState<ContactMethod[]>(value.methods);
  const [timeZone, setTimeZone] = useState(value.timeZone);
  const change = (index: number, method: ContactMethod) =>
    setMethods(methods.map((each, at) => (at === index ? method : each)));
  const complaint = (index: number) =>
    Object.entries(state.fieldErrors ?? {}).find(([field]) => field.startsWith(`methods.${index}`))?.[1];
  return (
    <form
      className={`${classes.form} ${classes.narrow}`}
      onSubmit={(event) => {
        event.preventDefault();
        run({ methods, timeZone }, () => toast.done("Contact methods saved."));
      }}
    >
      <FormProblem state={state} />
      {methods.length === 0 && <p className="lw-muted">Email {email}, your account address.</p>}
      {methods.map((method, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: ways have a place and no other identity
        <div className={classes.row} key={index}>
          <Way
            method={method}
            email={email}
            channels={channels}
            onChange={(changed) => change(index, changed)}
            error={complaint(index)}
          />
          <Button
            variant="default"
            className={classes.remove}
            onClick={() => setMethods(methods.filter((_, at) => at !== index))}
          >
            Remove
          </Button>
        </div>
      ))}
      <div style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
        <Button
          variant="default"
          onClick={() => setMethods([...methods, { kind: "email", address: null }])}
          disabled={methods.length >= 10}
        >
          Add email address
        </Button>
        {channels[0] && (
          <Button
            variant="default"
            onClick={() => setMethods([...methods, methodOf(channels[0] as ContactFormProps["channels"][number])])}
          >
            Add channel
          </Button>
        )}
      </div>
      <Select
        label="Your time zone"
        description="Pages between 22:00 and 07:00 in this time zone count as night pages."
        data={zones}
        value={timeZone}
        searchable
        allowDeselect={false}
        onChange={(zone) => setTimeZone(zone ?? "UTC")}
        error={state.fieldErrors?.timeZone}
      />
      <div className={classes.foot}>
        <span />
        <Button type="submit" aria-disabled={busy}>
          {busy ? "Saving…" : "Save"}
        </Button>
      </div>
    </form>
  );
}

function methodOf({ id, isBot }: ContactFormProps["channels"][number]): ContactMethod {
  return isBot ? { kind: "slack", channelId: id, member: "" } : { kind: "channel", channelId: id };
}

interface WayProps {
  method: ContactMethod;
  email: string;
  channels: ContactFormProps["channels"];
  onChange: (method: ContactMethod) => void;
  error: string | undefined;
}

function Way({ method, email, channels, onChange, error }: WayProps) {
  if (method.kind === "email") {
    return (
      <TextInput
        label="Email"
        type="email"
        placeholder={email}
        value={method.address ?? ""}
        onChange={(event) => onChange({ kind: "email", address: event.currentTarget.value || null })}
        error={error}
      />
    );
  }
  return (
    <>
      <Select
        label="Channel"
        data={channels.map(({ id, label }) => ({ value: id, label }))}
        value={method.channelId}
        allowDeselect={false}
        onChange={(id) => {
          const channel = channels.find((each) => each.id === id);
          if (channel) onChange(methodOf(channel));
        }}
        error={error}
      />
      {method.kind === "slack" && (
        <TextInput
          label="Your Slack member ID"
          placeholder="U024BE7LH"
          value={method.member}
          onChange={(event) => onChange({ ...method, member: event.currentTarget.value })}
        />
      )}
    </>
  );
}
