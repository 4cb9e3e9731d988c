"use client";

import { Select, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { plural } from "#components/ui/format.ts";
import { EmptyState } from "#components/ui/states.tsx";
import type { ReferenceAdvice } from "#server/watch/monitoring/profiles/contract.ts";
import classes from "./references.module.css";
import { RequestFooter } from "./request-footer.tsx";
import { type RequestReferenceAction, useRequest } from "./use-request.ts";

interface TrafficReferenceFormProps {
  advice: ReferenceAdvice;
  request: RequestReferenceAction;
  onClose: () => void;
}

/** Formats a moment for a datetime-local field, in UTC to the minute. */
const field = (at: Date | string) => new Date(at).toISOString().slice(0, 16);
const minuteMs = 60_000;

/** Selects the endpoint and the time range whose requests become the reference. */
export function TrafficReferenceForm({ advice, request, onClose }: TrafficReferenceFormProps) {
  const [endpointId, setEndpointId] = useState<string | null>(advice.traffic[0]?.endpointId ?? null);
  const endpoint = advice.traffic.find((each) => each.endpointId === endpointId);
  const [from, setFrom] = useState(endpoint ? field(endpoint.from) : "");
  const [to, setTo] = useState(endpoint ? field(new Date(new Date(endpoint.to).getTime() + minuteMs)) : "");
  const [reason, setReason] = useState("");
  const { state, busy, send } = useRequest(request, onClose);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!endpointId) return;
    send({ kind: "traffic", endpointId, from: new Date(`${from}Z`), to: new Date(`${to}Z`) }, reason);
  }
  if (!endpoint) {
    return (
      <EmptyState title="No logged requests for this version">
        Requests are logged according to the endpoint's logging settings. Once some are logged, they can serve as the
        reference.
      </EmptyState>
    );
  }
  return (
    <form className={classes.form} style={{ padding: 0 }} onSubmit={submit}>
      <FormProblem state={state} />
      <Select
        label="Endpoint"
        data={advice.traffic.map((each) => ({
          value: each.endpointId,
          label: `${each.endpoint}, ${plural(each.requests, "logged request")}`,
        }))}
        value={endpointId}
        onChange={(next) => {
          const found = advice.traffic.find((each) => each.endpointId === next);
          setEndpointId(next);
          if (found) setFrom(field(found.from));
          if (found) setTo(field(new Date(new Date(found.to).getTime() + minuteMs)));
        }}
        allowDeselect={false}
      />
      <div className={classes.pair}>
        <TextInput
          label="From (UTC)"
          type="datetime-local"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
          required
        />
        <TextInput
          label="To (UTC)"
          type="datetime-local"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          required
        />
      </div>
      <p className="lw-small lw-muted">
        A reference created from drifted traffic hides that drift. Choose a period in which the version performed well.
      </p>
      <RequestFooter reason={reason} setReason={setReason} busy={busy} onClose={onClose} isOff={!from || !to} />
    </form>
  );
}
