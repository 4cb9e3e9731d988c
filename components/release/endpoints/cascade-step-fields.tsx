import { Autocomplete, Button, Fieldset, NumberInput, Switch, TextInput } from "@mantine/core";
import classes from "#components/serve/endpoints/settings/settings.module.css";
import type { StepDraft } from "./cascade-draft.ts";

interface CascadeStepFieldsProps {
  step: StepDraft;
  /** 0 is the version that is deployed. */
  index: number;
  title: string;
  isLast: boolean;
  isOff: boolean;
  models: string[];
  outputs: string[];
  errors: Record<string, string>;
  onChange: (change: Partial<StepDraft>) => void;
  onRemove: (() => void) | undefined;
}

/** Renders one step of a cascade: its version, the cost of a run, and the conditions to escalate a request. */
export function CascadeStepFields(props: CascadeStepFieldsProps) {
  const { step, index, title, isLast, isOff, models, errors, onChange, onRemove } = props;
  const at = index === 0 ? "cascade" : `cascade.next.${index - 1}`;
  const field = { min: 0, hideControls: true, disabled: isOff };
  return (
    <Fieldset legend={title} className={classes.form}>
      <div className={classes.pair}>
        {index > 0 && (
          <>
            <Autocomplete
              label="Model"
              description="A version without a file runs on the server it was last deployed to."
              data={models}
              required
              disabled={isOff}
              value={step.model}
              onChange={(model) => onChange({ model })}
              error={errors[`${at}.model`]}
            />
            <NumberInput
              {...field}
              label="Version"
              description="Must have the same inputs and outputs as step 1."
              required
              allowDecimal={false}
              value={step.version}
              onChange={(version) => onChange({ version })}
              error={errors[`${at}.version`]}
            />
          </>
        )}
        <NumberInput
          {...field}
          label="Cost per 1,000 runs"
          placeholder="measured run time"
          decimalScale={6}
          value={step.cost}
          onChange={(cost) => onChange({ cost })}
          error={errors[`${at}.costPerThousand`]}
        />
      </div>
      {!isLast && <RuleFields {...props} />}
      {onRemove && (
        <div className={classes.line}>
          <Button variant="default" disabled={isOff} onClick={onRemove}>
            Remove step {index + 1}
          </Button>
        </div>
      )}
    </Fieldset>
  );
}

function RuleFields({ step, index, isOff, outputs, errors, onChange }: CascadeStepFieldsProps) {
  const at = index === 0 ? "cascade.rules" : `cascade.next.${index - 1}.rules`;
  const field = { min: 0, hideControls: true, disabled: isOff };
  return (
    <div className={classes.pair}>
      <NumberInput
        {...field}
        label="Escalate below a confidence of"
        placeholder="never"
        suffix="%"
        max={100}
        decimalScale={3}
        value={step.confidencePercent}
        onChange={(confidencePercent) => onChange({ confidencePercent })}
        error={errors[`${at}.confidence.below`]}
      />
      <Autocomplete
        label="Probability output"
        data={outputs}
        disabled={isOff || step.confidencePercent === ""}
        value={step.confidenceOutput}
        onChange={(confidenceOutput) => onChange({ confidenceOutput })}
        error={errors[`${at}.confidence.output`]}
      />
      <NumberInput
        {...field}
        label="Escalate after"
        placeholder="never"
        suffix=" ms"
        allowDecimal={false}
        value={step.timeoutMs}
        onChange={(timeoutMs) => onChange({ timeoutMs })}
        error={errors[`${at}.timeoutMs`]}
      />
      <Switch
        label="Escalate on failure"
        checked={step.onError}
        disabled={isOff}
        onChange={(event) => onChange({ onError: event.currentTarget.checked })}
      />
      <TextInput
        label="Skip when the request parameter"
        placeholder="none"
        disabled={isOff}
        value={step.tagParameter}
        onChange={(event) => onChange({ tagParameter: event.currentTarget.value })}
        error={errors[`${at}.tag.parameter`]}
      />
      <TextInput
        label="equals"
        disabled={isOff || step.tagParameter === ""}
        value={step.tagEquals}
        onChange={(event) => onChange({ tagEquals: event.currentTarget.value })}
        error={errors[`${at}.tag.equals`]}
      />
    </div>
  );
}
