"use client";

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useRefresh } from "#components/shell/refresh.tsx";
import type { ActionState } from "#components/ui/action-state.ts";
import { Panel } from "#components/ui/panel.tsx";
import { useAction } from "#components/ui/use-action.ts";
import {
  type IncidentLink,
  incidentLinkKinds,
  type LinkIncident,
  type UnlinkIncident,
} from "#server/respond/incidents/links/contract.ts";
import classes from "./incidents.module.css";

interface LinksPanelProps {
  number: number;
  links: readonly IncidentLink[];
  link: (input: LinkIncident) => Promise<ActionState<unknown>>;
  unlink: (input: UnlinkIncident) => Promise<ActionState<unknown>>;
  why?: string | undefined;
}

const names: Record<IncidentLink["kind"], string> = {
  "alert-group": "Alerts",
  slo: "SLO",
  rollout: "Rollout",
  deployment: "Deployment",
  prediction: "Prediction",
  change: "Change",
  issue: "Issue",
};

/** Lists everything linked to an incident: alerts, objectives, rollouts, deployments, predictions, external issues. */
export function LinksPanel({ number, links, link, unlink, why }: LinksPanelProps) {
  const refresh = useRefresh();
  const off = useAction(unlink);
  return (
    <Panel title="Related items">
      <div className={classes.form}>
        {links.length === 0 ? (
          <span className="lw-small lw-quiet">No related items.</span>
        ) : (
          <ul className={classes.links}>
            {links.map(({ kind, ref, title, href }) => (
              <li className={classes.link} key={`${kind}:${ref}`}>
                <span>
                  <span className="lw-quiet">{names[kind]}</span> {href ? <a href={href}>{title}</a> : title}
                </span>
                {!why && (
                  <button
                    type="button"
                    className={classes.plain}
                    aria-label={`Unlink ${title}`}
                    onClick={() => off.run({ number, kind, ref }, () => void refresh())}
                  >
                    Unlink
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
        {off.state.error && <span role="alert">{off.state.error}</span>}
        {!why && <LinkForm number={number} link={link} />}
      </div>
    </Panel>
  );
}

function LinkForm({ number, link }: Pick<LinksPanelProps, "number" | "link">) {
  const refresh = useRefresh();
  const [kind, setKind] = useState<IncidentLink["kind"]>("issue");
  const [ref, setRef] = useState("");
  const { state, busy, run } = useAction(link);
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        run({ number, kind, ref }, () => {
          setRef("");
          void refresh();
        });
      }}
    >
      <NativeSelect
        label="Link an item"
        data={incidentLinkKinds.map((value) => ({ value, label: names[value] }))}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value as IncidentLink["kind"])}
      />
      <TextInput
        aria-label={kind === "issue" ? "Issue URL" : "Item ID"}
        placeholder={kind === "issue" ? "https://…" : "id"}
        value={ref}
        onChange={(event) => setRef(event.currentTarget.value)}
        error={state.fieldErrors?.ref ?? state.error}
      />
      <div>
        <Button type="submit" size="xs" variant="default" aria-disabled={busy}>
          Link
        </Button>
      </div>
    </form>
  );
}
