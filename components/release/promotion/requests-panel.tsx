import type { ReactNode } from "react";
import { Panel } from "#components/ui/panel.tsx";
import type { PromotionRequest } from "#server/release/promotion/contract.ts";
import { DecideButtons, type DecisionRefusals, type RequestActions } from "./decide-buttons.tsx";
import { RequestItem } from "./request-item.tsx";
import classes from "./requests.module.css";

/** A request with what the viewer may do about it. */
export interface RequestWithRefusals {
  request: PromotionRequest;
  refusals: DecisionRefusals;
}

interface RequestsPanelProps {
  title: string;
  subtitle?: string;
  requests: RequestWithRefusals[];
  actions: RequestActions;
  actorName: string;
  namesModel?: boolean;
  /** Content shown if there are no requests. */
  empty?: ReactNode;
  /** Control at the right of the head. */
  right?: ReactNode;
  foot?: ReactNode;
}

/** Renders promotion requests, newest first, with the available actions for each open one. */
export function RequestsPanel(props: RequestsPanelProps) {
  const { title, subtitle, requests, actions, actorName, namesModel = false, empty, right, foot } = props;
  return (
    <Panel title={title} subtitle={subtitle} right={right} id="promotion" flush>
      {requests.length === 0 && empty}
      {requests.length > 0 && (
        <ul aria-label={title}>
          {requests.map(({ request, refusals }) => (
            <RequestItem request={request} namesModel={namesModel} key={request.id}>
              {!request.decision && (
                <DecideButtons request={request} refusals={refusals} actions={actions} actorName={actorName} />
              )}
            </RequestItem>
          ))}
        </ul>
      )}
      {foot && <div className={classes.foot}>{foot}</div>}
    </Panel>
  );
}
