import type { ActionState } from "#components/ui/action-state.ts";
import { Panel } from "#components/ui/panel.tsx";
import { Moment } from "#components/ui/relative-time.tsx";
import type {
  ConfirmSecondFactor,
  NewSecondFactor,
  RecoveryCodes,
  RemoveSecondFactor,
  SecondFactor,
  StartSecondFactor,
} from "#server/platform/identity/second-factor/contract.ts";
import { SecondFactorRemoval } from "./second-factor-removal.tsx";
import { SecondFactorSetup } from "./second-factor-setup.tsx";

interface SecondFactorPanelProps {
  factor: SecondFactor;
  actions: {
    start: (input: StartSecondFactor) => Promise<ActionState<NewSecondFactor>>;
    confirm: (input: ConfirmSecondFactor) => Promise<ActionState<RecoveryCodes>>;
    remove: (input: RemoveSecondFactor) => Promise<ActionState>;
  };
}

/** One's own second factor in the settings. */
export function SecondFactorPanel({ factor, actions }: SecondFactorPanelProps) {
  if (!factor.since)
    return (
      <Panel title="Authenticator app" subtitle="off">
        <SecondFactorSetup start={actions.start} confirm={actions.confirm} />
      </Panel>
    );
  const left = factor.recoveryCodesLeft;
  return (
    <Panel title="Authenticator app" subtitle="on">
      <p className="lw-muted">
        Sign-in has required a code since <Moment at={factor.since} />. {left === 0 ? "No" : left} recovery{" "}
        {left === 1 ? "code is" : "codes are"} left{left < 3 ? "; remove the app and set it up again for new ones" : ""}
        . Programs must use API tokens instead of your password.
      </p>
      <SecondFactorRemoval remove={actions.remove} />
    </Panel>
  );
}
